"""Ports for the servers of tests."""

import secrets
import socket
from contextlib import ExitStack
from pathlib import Path

LOWEST = 15_000
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
COMMON_EPHEMERAL = 32_768


def free_ports(count: int) -> list[int]:
    """Different ports on which nobody listens now.

    They lie below those that the system gives to outgoing connections, which could take one before its server starts.
    They are drawn at random, whatever the seed of the tests: other workers draw too.
    """
    below = int(EPHEMERAL.read_text().split()[0]) if EPHEMERAL.exists() else COMMON_EPHEMERAL
    with ExitStack() as held:
        ports: list[int] = []
        while len(ports) < count:
            port = LOWEST + secrets.randbelow(below - LOWEST) if below > LOWEST else 0
            listener = held.enter_context(socket.socket())
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            ports.append(listener.getsockname()[1])
        return ports
