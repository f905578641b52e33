"""A client of a cluster that never stalls, and measures what it sees.

    line         one connection, pipelined            window       what was seen in a window of time
    owners       which node has a slot                popularity   which keys are requested
    client       a line to each node; follows MOVED and ASK

Everything runs in one event loop. For why redis-py does not fit, see the package `servers`.
"""
