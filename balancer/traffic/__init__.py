"""Real requests to real nodes: an open loop that sends each request to the node that a policy picks, and measures.

    settings   rate, keys, limits                  driver     sends, counts, switches the policy
    stream     when each request is due, its key   nodes      the nodes and their connections
    tally      every request, counted once         window     figures of the last second
    sampled    one request in N with its reasons   lag        how late the driver's own loop is
    drivable   the policies that can drive         work       what a request runs on its node
    probing    checks each node once a second      load       a node's load from INFO
    leaning    weights that follow load            clock      the driver's clock
    reached    what each policy reached on this stream

Everything runs in one event loop, in a separate process, and does not use Django.
"""
