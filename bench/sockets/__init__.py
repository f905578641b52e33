"""Event to socket: our hub against channel-layer groups, in one run. `python -m bench.sockets` prints JSON lines."""
