"""How HAProxy can balance: a backend for each, since the algorithm of a backend cannot change while it runs.

Source: HAProxy 2.6, configuration manual, "balance" and "hash-type".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from balancer.proxy.errors import UnknownAlgorithm


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One of HAProxy's: its backend's `name`, and its `lines` there.

    `weighs`: weights can change while it runs; a static algorithm keeps those that it was started with. `fills`: it
    needs to know when a node is full, since it takes the next node only then.
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
    # Not by the map of all slots, where each that joins or leaves would move most of the clients.
    Algorithm("source", ("balance source", "hash-type consistent")),
)

ALGORITHMS: Final[Mapping[str, Algorithm]] = {one.name: one for one in _ALL}
FIRST: Final = _ALL[0].name


def algorithm(name: str) -> Algorithm:
    """The algorithm of this name. Raises UnknownAlgorithm."""
    if name not in ALGORITHMS:
        raise UnknownAlgorithm(name, tuple(ALGORITHMS))
    return ALGORITHMS[name]
