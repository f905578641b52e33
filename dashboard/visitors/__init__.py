"""How a web process serves many visitors: a few at a time, in turn, each identified by its real address.

request ──> handler ──> gate (quick or costly): a queue, fair by address ──> worker: a thread and its connection
"""
