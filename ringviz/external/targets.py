"""Where to connect to: what a person typed, or a cluster announced, checked against ALLOWED_TARGETS.

A name is resolved once, and what is connected to afterwards is the very address that was checked: who answers for a
name cannot answer differently between the two. Refusals tell nothing of the network: not allowed, not resolvable and
not answering are the same words.
"""

from __future__ import annotations

import json
import queue
import re
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from live.channel import redis_url
from ringviz.bounds import MAX_ADDRESS
from ringviz.core import allowed
from ringviz.core.allowed import Address
from ringviz.errors import Invalid
from ringviz.models import Cluster, Node

DEFAULT_PORT = 6379
_MOST_RESOLVING = 8  # names at once: the system's resolver cannot be interrupted
_resolving = threading.BoundedSemaphore(_MOST_RESOLVING)
_known: dict[tuple[str, int], list[Address]] = {}
_TYPED = re.compile(r"(?P<host>\[[^\[\]]+\]|[^:\[\]]+)(:(?P<port>[0-9]{1,5}))?", re.ASCII)


class Target(NamedTuple):
    """An address that may be connected to: `ip` is never a name, `port` 1..65535."""

    ip: str
    port: int

    def __str__(self) -> str:
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


class Typed(NamedTuple):
    """What a person typed, in small letters: `host` is a name or an address without brackets."""

    host: str
    port: int


def refused() -> Invalid:
    """The one refusal, whatever the reason: it says all that has to be so, and not what is not."""
    text = _(
        "Cannot be attached. ALLOWED_TARGETS has to let it in, and it has to answer as a cluster, without TLS, "
        "to this user name and password."
    )
    return Invalid("address", None, text)


def split_address(text: str) -> tuple[str, int]:
    """Host and port of an address as nodes have it; port 0 where there is none."""
    host, _colon, port = text.rpartition(":")
    return host.strip("[]"), int(port) if port.isascii() and port.isdecimal() and len(port) <= 5 else 0


def read_typed(text: str) -> Typed:
    """`host`, `host:port`, `[IPv6]:port`. Raises Invalid; what is typed wrongly is told, since it is no secret."""
    if "://" in text:
        why = _("Write host:port alone, without redis:// in front. Clusters that speak TLS only cannot be attached.")
        raise Invalid("address", text[:MAX_ADDRESS], why)
    match = _TYPED.fullmatch(text.strip()) if len(text) <= MAX_ADDRESS else None
    port = int(match["port"] or DEFAULT_PORT) if match else 0
    host = match["host"].strip("[]") if match else ""
    ip = allowed.address_of(host)
    name = str(ip) if ip is not None else allowed.host_name(host)
    if match is None or name is None or match["host"].startswith("[") != (":" in host) or not _is_port(port):
        raise Invalid("address", text[:MAX_ADDRESS], _("Write host:port, or [address]:port for IPv6."))
    return Typed(name, port)


class Door(NamedTuple):
    """What may be connected to at one moment: the rules, and where our own servers listen."""

    rules: tuple[allowed.Rule, ...]
    ours: frozenset[tuple[str, int]]

    def permits(self, host: str, ip: Address, port: int) -> bool:
        """Whether this process may connect; `host` is the name that led to the address, "" for none."""
        return _is_port(port) and allowed.permits(
            self.rules, host, ip, port, ours=self._is_ours(allowed.plain(ip), port)
        )

    def permits_still(self, host: str, target: Target) -> bool:
        """Whether what was resolved from `host` (a name or an address) earlier is allowed now."""
        ip = allowed.address_of(target.ip)
        return ip is not None and self.permits("" if allowed.address_of(host) else host, ip, target.port)

    def announced(self, host: str, port: int) -> Target | None:
        """An address that a cluster announces, if it may be connected to. A name is not: nobody resolves it here."""
        ip = allowed.address_of(host)
        return Target(str(ip), port) if ip is not None and self.permits("", ip, port) else None

    def _is_ours(self, ip: Address, port: int) -> bool:
        # A server of this machine may listen on all of its addresses: whatever leads to this machine counts.
        return (str(ip), port) in self.ours or (ip.is_loopback and any(port == other for _ip, other in self.ours))


def door() -> Door:
    """The settings and our servers as they are now. One query."""
    return Door(tuple(settings.ALLOWED_TARGETS), _hint_servers() | _managed_servers())


def resolve(text: str, timeout_s: float) -> Target:
    """The one address to connect to, in at most `timeout_s` seconds. A name is resolved once.

    Raises Invalid for what cannot be read, cannot be resolved, or is not allowed.
    """
    typed, here = read_typed(text), door()
    ip = allowed.address_of(typed.host)
    found = [ip] if ip is not None else _looked_up(typed, timeout_s) if here.rules else []
    # IPv4 first: of a name with both, servers that listen on one of them alone listen on that.
    for one in sorted(found, key=lambda one: one.version):
        if here.permits("" if ip is not None else typed.host, one, typed.port):
            return Target(str(one), typed.port)
    raise refused()


def _is_port(port: int) -> bool:
    return 1 <= port <= allowed.MAX_PORT


def _looked_up(typed: Typed, timeout_s: float) -> list[Address]:
    """The addresses of a name; none where nobody knows it, or not in time."""
    if not _resolving.acquire(timeout=timeout_s):
        return []
    answer: queue.SimpleQueue[list[Address]] = queue.SimpleQueue()

    def work() -> None:
        try:
            answer.put(_addresses(typed.host, typed.port))
        finally:
            _resolving.release()

    threading.Thread(target=work, name="resolve", daemon=True).start()
    try:
        return answer.get(timeout=timeout_s)
    except queue.Empty:
        return []


def _addresses(host: str, port: int) -> list[Address]:
    """One question to the system's resolver."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    found = (allowed.address_of(str(row[4][0])) for row in rows)
    return [ip for ip in found if ip is not None]


def _hint_servers() -> frozenset[tuple[str, int]]:
    parts = urlsplit(redis_url())
    if not parts.hostname:  # a Unix socket, or none
        return frozenset()
    port = parts.port or DEFAULT_PORT
    ip = allowed.address_of(parts.hostname)
    return frozenset((str(one), port) for one in ([ip] if ip is not None else _addresses_of_ours(parts.hostname, port)))


def _addresses_of_ours(host: str, port: int) -> list[Address]:
    """Kept once known."""
    if (host, port) not in _known and (found := _addresses(host, port)):
        _known[host, port] = found
    return _known.get((host, port), [])


def _managed_servers() -> frozenset[tuple[str, int]]:
    """What the nodes' rows say, and what their processes do, replicas too: each tells its port in its directory."""
    rows = Node.objects.filter(cluster__kind=Cluster.Kind.MANAGED).exclude(address="").values_list("address", flat=True)
    found = {split_address(address) for address in rows.distinct()}
    for path in (Path(settings.DATA_DIR) / "clusters").glob("*/*/process.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):  # gone, or half written
            told = json.loads(path.read_text())
            found |= {("127.0.0.1", int(told[name])) for name in ("port", "bus")}
    return frozenset(found)
