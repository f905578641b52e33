"""The stage: worker processes that contend for real locks, a resource that they write to, and an oracle that judges.

    worker    the process: takes locks and enters      rungs, clients   how it takes them
    workers   starts, pauses and ends the processes    resource         what the locks protect
    ladder    one rung after the other, with pauses    contention       workers on a few named locks
    oracle    what a log proves; pure                  director         does what the page asks, and records it

A worker that is inside reports it with CLOCK_MONOTONIC, which all processes of one machine share; Redis is not asked.
"""
