"""Speaks to Redis and Valkey: addresses, the protocol, topology, the cluster driver, reading, clients, pings.

This package knows nothing about the product: it has no database, no settings and no text for people. Its callers supply
passwords, rules and addresses, and turn its exceptions into messages.

    address    where a server listens                driver     forms a cluster, moves slots, measures (synchronous)
    slots      the 16,384 slots and their ranges     reading    reads somebody else's cluster, changes nothing
    topology   the one parser of CLUSTER NODES       guard      which addresses we may connect to
    batches    which slots move next                 client     a measured client of a cluster, pipelined
    resp       the protocol, as we use it           watching   pings servers and decides which are dead

There are two implementations of the protocol. redis-py serves the driver, which is synchronous and needs every kind of
reply.
`resp` serves the client, the reader and the pings, for which redis-py does not fit:

- The client must never stall. redis-py's RedisCluster closes all connections at every fifth MOVED and at a CLUSTERDOWN
(and then sleeps for 0.25 s), reloads the slot map at each timeout before any other request continues, and cannot follow
an ASK to a node that it does not know. One faulty node would show in everybody's figures.
- The reader talks to untrusted servers. It must be unable to send anything but its few commands, and must bound the
length of every reply before it is in memory.
- A ping must not retry or wait for a connection: the round trip that it measures must be the server's own.
"""
