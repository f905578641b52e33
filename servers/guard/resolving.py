"""Turns what a person typed into the one address to connect to.

A name is resolved once, and the connection goes to the very address that was checked, so whoever controls a name cannot
answer differently between the two. NotLetIn reveals nothing about the network: "not allowed" and "not resolvable" look
the same.
"""

from __future__ import annotations

import queue
import re
import socket
import threading
from typing import Final

from servers.address import Address
from servers.guard.door import Door, Target, is_port
from servers.guard.rules import IPAddress, host_name, ip_of

DEFAULT_PORT: Final = 6379

_MOST_RESOLVING = 8  # names at once: the system's resolver cannot be interrupted
_resolving = threading.BoundedSemaphore(_MOST_RESOLVING)
_TYPED = re.compile(r"(?P<host>\[[^\[\]]+\]|[^:\[\]]+)(:(?P<port>[0-9]{1,5}))?", re.ASCII)


class NotTyped(ValueError):
    """The text is not an address."""


class NotLetIn(Exception):
    """An address cannot be resolved, or the door does not let it in."""


def read_typed(text: str) -> Address:
    """`host`, `host:port`, `[IPv6]:port`; the host in lower case, port 6379 if there is none. Raises NotTyped."""
    match = _TYPED.fullmatch(text.strip())
    port = int(match["port"] or DEFAULT_PORT) if match else 0
    host = match["host"].strip("[]") if match else ""
    ip = ip_of(host)
    name = str(ip) if ip is not None else host_name(host)
    if match is None or name is None or match["host"].startswith("[") != (":" in host) or not is_port(port):
        raise NotTyped(text)
    return Address(name, port)


def resolve(typed: Address, door: Door, timeout_s: float, *, besides: Target | None = None) -> Target:
    """The one address to connect to, found in at most `timeout_s` seconds. A name is resolved once.

    It differs from `besides`, if that is given. Raises NotLetIn.
    """
    ip = ip_of(typed.host)
    found = [ip] if ip is not None else _looked_up(typed, timeout_s) if door.rules else []
    # IPv4 first: if a name has both, servers that listen on only one of them listen on IPv4.
    for one in sorted(found, key=lambda one: one.version):
        target = Target(str(one), typed.port)
        if target != besides and door.permits("" if ip is not None else typed.host, one, typed.port):
            return target
    raise NotLetIn(str(typed))


def ips_of(address: Address) -> list[IPAddress]:
    """One request to the system's resolver, which may take long; empty if the name is unknown."""
    try:
        rows = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    found = (ip_of(str(row[4][0])) for row in rows)
    return [ip for ip in found if ip is not None]


def _looked_up(typed: Address, timeout_s: float) -> list[IPAddress]:
    """The addresses of a name; empty if it is unknown, or not resolved in time."""
    if not _resolving.acquire(timeout=timeout_s):
        return []
    answer: queue.SimpleQueue[list[IPAddress]] = queue.SimpleQueue()

    def work() -> None:
        try:
            answer.put(ips_of(typed))
        finally:
            _resolving.release()

    threading.Thread(target=work, name="resolve", daemon=True).start()
    try:
        return answer.get(timeout=timeout_s)
    except queue.Empty:
        return []
