"""Does a cluster lose, resurrect or age what was written to it while its slots move? Knows nothing about ringviz.

    writers   a process that writes and reads, and logs its requests and their answers
    history   the log: one record an operation
    checker   judges a history (pure)
    run       three writers, a shaker that changes the cluster meanwhile, and the verdict

Keys of a killed server are lost by design, so a run has only joins, drains, moves, and freezes that end in a thaw.
"""
