"""A client of a cluster that never stalls, and measures what it sees.

    line         one connection, pipelined            window       what was seen in a stretch of time
    owners       which node has a slot                popularity   which keys are asked for
    client       a line to each node; follows MOVED and ASK

Everything lives in one event loop. Why redis-py does not serve here: see the package `servers`.
"""
