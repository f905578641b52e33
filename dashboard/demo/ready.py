"""Waits for the page's first answer without polling: the socket listens before its process is up."""

import select
import socket
import time

from fleet.process import Child

LOOK_EVERY_S = 0.2  # only on systems without a descriptor for a child's end


class NotReady(Exception):
    """The web process ended before its first answer, or did not answer in time."""


def wait_for_page(ip: str, port: int, child: Child, *, timeout_s: float) -> int:
    """The status of the page's first answer. Raises NotReady."""
    deadline = time.monotonic() + timeout_s
    with socket.create_connection((ip, port), timeout=timeout_s) as connection:
        host = f"[{ip}]" if ":" in ip else ip
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        while not _readable(connection, child):
            if child.status is not None:
                raise NotReady(f"it ended with status {child.status}")
            if time.monotonic() > deadline:
                raise NotReady(f"no answer within {timeout_s:.0f} s")
        head = connection.makefile("rb").readline().split()
    if len(head) < 2 or not head[1].isdigit():
        raise NotReady("it closed the connection without an answer")
    return int(head[1])


def _readable(connection: socket.socket, child: Child) -> bool:
    """Whether the answer begins to arrive; returns early if the child ended."""
    poller = select.poll()
    poller.register(connection, select.POLLIN)
    pause_s = LOOK_EVERY_S
    if child.fileno() >= 0:
        poller.register(child.fileno(), select.POLLIN)
        pause_s = 1.0
    return connection.fileno() in dict(poller.poll(pause_s * 1000))
