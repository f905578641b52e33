"""A real proxy before the nodes: HAProxy in TCP mode, told by its runtime socket.

    algorithms   how it can balance        config    what it is started with
    process      it, as a child            runtime   its socket: what it is told, and how that is undone
    reading      what it says of itself    undos     what was told, newest last, to be undone
    seats        which node stands in which of its slots
    calls        a connection for each request, to compare it with our own policies under what it balances

It balances connections, not requests. Nothing here knows Django.
"""
