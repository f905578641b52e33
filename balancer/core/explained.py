"""A request with its reasons, as the driver hands it over and pages show it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypedDict

from balancer.core.state import Stand

PULSED: Final = "pulsed"


class Candidate(TypedDict):
    """A node that could be picked, as it stood then. `number` is that in the cluster, None where it has none any more.

    `stand` is how it stood to the driver, `condition` what the cluster's log said of its server: active, frozen, ...,
    or PULSED while short freezes stop it again and again. `score` is None where it was not compared.
    """

    name: str
    number: int | None
    in_flight: int
    weight: float
    stand: Stand
    condition: str
    score: float | None


class Turn(TypedDict):
    """The node whose turn it was by a policy that takes turns."""

    policy: str
    node: str


class Explained(TypedDict):
    """A request that has ended. Its `id` is RUN-NUMBER, and no other request has ever had it.

    `at` is when it was intended, in ms since 1970; `key` its 32-bit hash. `node` was picked, out of `ready` nodes, of
    which `candidates` are all or some. `considered` are the nodes in the order in which the policy came to them, also
    such as were not ready. `end` is a name of `balancer.traffic.tally.Count`, in lower case.

    Milliseconds from the intended time: `sent_ms` to when it was given to the node's line, `first_ms` to when all that
    was before it in line had ended (None where that is unknown), `latency_ms` to the end. One request in `every` is
    kept.
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
    """What is kept of a cluster's requests: the newest, and the slowest of the newest policy, the slowest first."""

    newest: list[Explained]
    slowest: list[Explained]


def in_order(kept: Kept) -> list[Explained]:
    """All that are kept, each once, in the order in which they were intended."""
    found = {one["id"]: one for one in (*kept["slowest"], *kept["newest"])}
    return sorted(found.values(), key=_order)


def beside(ordered: Sequence[Explained], one: Explained) -> tuple[Explained | None, Explained | None]:
    """The one before and the one after it. Both are None where it is not among them."""
    ids = [other["id"] for other in ordered]
    if one["id"] not in ids:
        return None, None
    at = ids.index(one["id"])
    return ordered[at - 1] if at else None, ordered[at + 1] if at + 1 < len(ids) else None


def _order(one: Explained) -> tuple[float, int]:
    return one["at"], one["number"]
