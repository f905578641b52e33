"""HAProxy's algorithms. Each has its own backend, since a backend's algorithm cannot change while it runs.

Source: HAProxy 2.6, configuration manual, "balance" and "hash-type".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from balancer.proxy.errors import UnknownAlgorithm


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An algorithm: its backend's `name` and its `lines` in the configuration.

    `weighs`: weights can change while it runs; a static algorithm keeps its initial weights. `fills`: it fills one node
    before it uses the next, so it needs to know when a node is full.
    """

    name: str
    lines: tuple[str, ...]
    weighs: bool = True
    fills: bool = False


_ALL: Final = (
    Algorithm("roundrobin", ("balance roundrobin",)),
    Algorithm("static-rr", ("balance static-rr",), weighs=False),
    Algorithm("leastconn", ("balance leastconn",)),
    Algorithm("random-1", ("balance random(1)",)),
    Algorithm("random-2", ("balance random(2)",)),
    Algorithm("first", ("balance first",), fills=True),
    # Consistent hashing, because with a map of all slots each join or leave would move most clients.
    Algorithm("source", ("balance source", "hash-type consistent")),
)

ALGORITHMS: Final[Mapping[str, Algorithm]] = {one.name: one for one in _ALL}
FIRST: Final = _ALL[0].name


def algorithm(name: str) -> Algorithm:
    """The algorithm of this name. Raises UnknownAlgorithm."""
    if name not in ALGORITHMS:
        raise UnknownAlgorithm(name, tuple(ALGORITHMS))
    return ALGORITHMS[name]
