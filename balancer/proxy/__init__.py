"""A real proxy in front of the nodes: HAProxy in TCP mode, controlled through its runtime socket.

    algorithms   its algorithms            config    its configuration
    process      the child process         runtime   commands to its socket, and how to undo them
    reading      its reports               undos     the changes that can be undone, newest last
    seats        which node is in which of its slots
    calls        one connection per request, to compare it fairly with our own policies

HAProxy balances connections, not requests. This package does not use Django.
"""
