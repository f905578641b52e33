"""An explained request, as the driver stores it and pages show it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypedDict

from balancer.core.state import Stand

PULSED: Final = "pulsed"


class Candidate(TypedDict):
    """A node that could have been picked, as it was at that moment. `number` is its number in the cluster, None if it
    has left.

    `stand` is its health as the driver saw it. `condition` is its server's state in the cluster's log: active, frozen,
    ..., or PULSED during repeated short freezes. `score` is None if it was not compared.
    """

    name: str
    number: int | None
    in_flight: int
    weight: float
    stand: Stand
    condition: str
    score: float | None


class Turn(TypedDict):
    """The node whose turn it was under a round-robin policy."""

    policy: str
    node: str


class Explained(TypedDict):
    """A finished request. Its `id`, RUN-NUMBER, is unique for all time.

    `at` is the intended send time in ms since 1970, and `key` its 32-bit hash. `node` was picked from `ready` nodes.
    `candidates` lists all or some of them. `considered` lists the nodes in the order in which the policy looked at
    them, including nodes that were not ready. `end` is a name of `balancer.traffic.tally.Count`, in lower case.

    The times are milliseconds since the intended time: `sent_ms` when it was handed to the node's connection,
    `first_ms` when everything ahead of it in line had finished (None if unknown), `latency_ms` when it finished. One
    request in `every` is stored.
    """

    id: str
    number: int
    at: float
    key: int
    policy: str
    node: str
    ready: int
    candidates: list[Candidate]
    drawn: list[float]
    considered: list[str]
    turns: list[Turn]
    end: str
    sent_ms: float
    first_ms: float | None
    latency_ms: float
    every: int


class Kept(TypedDict):
    """The stored requests of a cluster: the newest, and the slowest under the current policy, slowest first."""

    newest: list[Explained]
    slowest: list[Explained]


def in_order(kept: Kept) -> list[Explained]:
    """All stored requests without duplicates, ordered by intended time."""
    found = {one["id"]: one for one in (*kept["slowest"], *kept["newest"])}
    return sorted(found.values(), key=_order)


def beside(ordered: Sequence[Explained], one: Explained) -> tuple[Explained | None, Explained | None]:
    """The requests before and after it. Both are None if it is not stored."""
    ids = [other["id"] for other in ordered]
    if one["id"] not in ids:
        return None, None
    at = ids.index(one["id"])
    return ordered[at - 1] if at else None, ordered[at + 1] if at + 1 < len(ids) else None


def _order(one: Explained) -> tuple[float, int]:
    return one["at"], one["number"]
