"""Does a cluster lose, resurrect or age what was written to it while its slots move? It knows nothing of ringviz.

    writers   a process that writes and reads, and logs what it asked and what it was told
    history   the log: one record an operation
    checker   judges a history (pure)
    run       three writers, somebody who shakes the cluster meanwhile, and the verdict

What dies with a killed server is lost by design: a run is of joins, drains, moves, and freezes that end in a thaw.
"""
