"""From what a person typed to the one address to connect to.

A name is resolved once, and what is connected to afterwards is the very address that was checked: who answers for a
name cannot answer differently between the two. NotLetIn tells nothing of the network: not allowed and not resolvable
are the same.
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
    """What was typed is no address."""


class NotLetIn(Exception):
    """An address cannot be resolved, or the door does not let it in."""


def read_typed(text: str) -> Address:
    """`host`, `host:port`, `[IPv6]:port`; the host in small letters, port 6379 where there is none. Raises NotTyped."""
    match = _TYPED.fullmatch(text.strip())
    port = int(match["port"] or DEFAULT_PORT) if match else 0
    host = match["host"].strip("[]") if match else ""
    ip = ip_of(host)
    name = str(ip) if ip is not None else host_name(host)
    if match is None or name is None or match["host"].startswith("[") != (":" in host) or not is_port(port):
        raise NotTyped(text)
    return Address(name, port)


def resolve(typed: Address, door: Door, timeout_s: float, *, besides: Target | None = None) -> Target:
    """The one address to connect to, in at most `timeout_s` seconds. A name is resolved once.

    Another one than `besides`, where that is given. Raises NotLetIn.
    """
    ip = ip_of(typed.host)
    found = [ip] if ip is not None else _looked_up(typed, timeout_s) if door.rules else []
    # IPv4 first: of a name with both, servers that listen on one of them alone listen on that.
    for one in sorted(found, key=lambda one: one.version):
        target = Target(str(one), typed.port)
        if target != besides and door.permits("" if ip is not None else typed.host, one, typed.port):
            return target
    raise NotLetIn(str(typed))


def ips_of(address: Address) -> list[IPAddress]:
    """One question to the system's resolver, which may take its time; none where nobody knows the name."""
    try:
        rows = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    found = (ip_of(str(row[4][0])) for row in rows)
    return [ip for ip in found if ip is not None]


def _looked_up(typed: Address, timeout_s: float) -> list[IPAddress]:
    """The addresses of a name; none where nobody knows it, or not in time."""
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
