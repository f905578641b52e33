"""Failure detection: pings every server continuously. A silent server is first suspected, then declared dead."""
