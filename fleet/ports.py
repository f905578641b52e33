"""Listening sockets, bound here and passed to a child, so nobody can take the port in between."""

import errno
import socket
from dataclasses import dataclass

BACKLOG = 2048


class PortUnavailable(OSError):
    """No listening socket is available."""


@dataclass(frozen=True, slots=True)
class BoundSocket:
    """A bound, listening socket and its real port. `refused` are ports that were tried first and are taken."""

    socket: socket.socket
    port: int
    refused: tuple[int, ...]


def listen(host: str, port: int, *, tries: int = 20) -> BoundSocket:
    """Listens on `host` (an IP address) at `port`, or at the next free one of `tries`; port 0 takes any free one.

    Raises PortUnavailable: all ports are taken, only root may bind the port, or this machine does not have the address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    refused: list[int] = []
    for candidate in range(port, min(port + tries, 65_536)):
        bound = socket.socket(family, socket.SOCK_STREAM)
        try:
            # A restart must not wait for the last run's closed connections; a live listener is still refused.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((host, candidate))
            bound.listen(BACKLOG)
        except OSError as error:
            bound.close()
            if error.errno != errno.EADDRINUSE:
                raise PortUnavailable(error.errno, error.strerror, f"{host}:{candidate}") from error
            refused.append(candidate)
        else:
            return BoundSocket(bound, int(bound.getsockname()[1]), tuple(refused))
    raise PortUnavailable(errno.EADDRINUSE, "all taken", f"{host}:{port} to {refused[-1]}")
