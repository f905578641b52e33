"""Real requests over real nodes: an open loop that sends each request where a policy says, and measures what it sees.

    settings   how much, of what, for how long     driver     sends, counts, switches the policy
    stream     when each request is due, its key   nodes      the nodes and their lines
    tally      every request, counted once         window     what was seen in the last second
    sampled    one request in N with its reasons   lag        how late the driver's own loop is
    drivable   the policies that can drive           work       what a request is, and costs its node
    probing    a look at each node, once a second    load       what it says of itself
    leaning    weights that follow load              clock      the driver's
    reached    what each policy reached on this stream

Everything lives in one event loop, and nothing here knows Django: a process of its own runs it.
"""
