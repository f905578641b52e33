"""Event to socket: our hub and channel-layer groups in one run. `python -m bench.sockets` prints JSON lines."""
