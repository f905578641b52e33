"""Speaks to Redis and Valkey: addresses, the protocol, topology, the cluster driver, reading, clients, pings.

This floor knows no subject of ours: it has no database, no settings and no text for a person. Whoever uses it supplies
passwords, rules and addresses, and turns its exceptions into words.

    address    where a server listens                driver     forms a cluster, moves slots, measures (synchronous)
    slots      the 16,384 slots and their ranges     reading    looks at a cluster of somebody else, changes nothing
    topology   the one parser of CLUSTER NODES       guard      which addresses may be connected to
    batches    which slots move next                 client     a measured client of a cluster, pipelined
    resp       the protocol, as we speak it          watching   pings servers and judges who is dead

Two speakers of the protocol exist. redis-py serves the driver, which is synchronous and needs every kind of reply.
`resp` serves the client, the reader and the pings, for which redis-py does not fit:

- The client must never stall. redis-py's RedisCluster closes all connections at each fifth MOVED and at a CLUSTERDOWN
  (and then sleeps for 0.25 s), reloads the slot map at each timeout before anybody goes on, and cannot follow an ASK to
  a node that it does not know. One node's fault would show in the figures of all.
- The reader talks to servers that nobody here trusts. It must be unable to send anything but its few commands, and must
  bound the length of every reply before it is in memory.
- A ping must not retry or wait for a connection: the round trip that it measures is the server's own.
"""
