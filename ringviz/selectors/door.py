"""What this installation may connect to now: ALLOWED_TARGETS, and the addresses of our own servers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from live.channel import redis_url
from ringviz.models import Cluster, Node
from servers.address import Address
from servers.guard.door import Door
from servers.guard.resolving import DEFAULT_PORT, ips_of
from servers.guard.rules import ip_of

_known: dict[Address, frozenset[Address]] = {}


def door() -> Door:
    """The rules and our servers as they are now. One query."""
    return Door(tuple(settings.ALLOWED_TARGETS), _hint_server() | _managed_servers())


def addresses_in(texts: Iterable[str]) -> Iterator[Address]:
    """The addresses of nodes from their texts, without empty or invalid ones."""
    for text in texts:
        with suppress(ValueError):
            yield Address.parse(text)


def _hint_server() -> frozenset[Address]:
    """Where it listens; the supervisor's lease is kept there too. Its name is resolved once."""
    parts = urlsplit(redis_url())
    if not parts.hostname:  # a Unix socket, or none
        return frozenset()
    address = Address(parts.hostname, parts.port or DEFAULT_PORT)
    if (ip := ip_of(address.host)) is not None:
        return frozenset({Address(str(ip), address.port)})
    if address not in _known and (found := ips_of(address)):
        _known[address] = frozenset(Address(str(ip), address.port) for ip in found)
    return _known.get(address, frozenset())


def _managed_servers() -> frozenset[Address]:
    """The ports in the nodes' rows, and those that their processes and replicas record in their directories."""
    rows = Node.objects.filter(cluster__kind=Cluster.Kind.MANAGED).exclude(address="").values_list("address", flat=True)
    found = set(addresses_in(rows.distinct()))
    for path in (Path(settings.DATA_DIR) / "clusters").glob("*/*/process.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):  # gone, or half written
            content = json.loads(path.read_text())
            found |= {Address("127.0.0.1", int(content[name])) for name in ("port", "bus")}
    return frozenset(found)
