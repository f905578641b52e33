"""The workload of a managed cluster: readers and writers that use it as a cache, and measure what they see.

    popularity   which keys are asked for           line      one connection, pipelined, that never stalls
    slotmap      which node has a slot              client    a line to each node; follows MOVED and ASK
    window       what was seen in 200 ms            traffic   the pace, the operations, the frames
    following    the settings as the cluster's state tells them

The protocol is spoken here and not by redis-py's RedisCluster: that one closes all of its connections at each fifth
MOVED and at a CLUSTERDOWN (and sleeps for 0.25 s), reads the slot map anew at each timeout before anybody goes on, and
cannot follow an ASK to a node that it does not know. What one node does would show in the figures of all.
"""
