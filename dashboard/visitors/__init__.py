"""How a web process serves many visitors: few at a time, in turn, each from the address that he really has.

request ──> handler ──> gate (quick or costly): a queue, fair by address ──> worker: a thread and its connection
"""
