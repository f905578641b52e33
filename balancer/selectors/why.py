"""Why a request went to its node: finds a stored request and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from balancer.core.explained import Candidate, Explained, Kept, beside, in_order
from balancer.core.pool import Member
from balancer.core.shadows import foreseen
from balancer.stores import samples


class Pick(StrEnum):
    """Which request to choose if no id is given."""

    NEWEST = "newest"
    SLOWEST = "slowest"


@dataclass(frozen=True, slots=True)
class Other:
    """What another policy would have picked: a node and its ties, the real choice first."""

    policy: str
    candidate: Candidate
    ties: tuple[str, ...]
    same: bool


@dataclass(frozen=True, slots=True)
class Why:
    """A request, the ids of its neighbours in time and of the slowest, and what other policies would have picked.

    `rank` is its rank among the slowest, from 1, or None. `others` are in the order in which policies are declared. For
    a big cluster only the relevant nodes are stored, so `others` holds only policies that take turns.
    """

    request: Explained
    before: str | None
    after: str | None
    slowest: str | None
    rank: int | None
    others: tuple[Other, ...]


def why(stream_id: int, request: str = "", pick: Pick = Pick.NEWEST, node: str = "") -> Why | None:
    """The request with this id. Without an id, the newest or slowest, optionally of one node.

    None if it is no longer stored or there are none. Raises StoreGone.
    """
    kept = samples.kept(stream_id)
    one = _named(kept, request) if request else _picked(kept, pick, node)
    if one is None:
        return None
    before, after = beside(in_order(kept), one)
    slowest = [other["id"] for other in kept["slowest"]]
    return Why(
        request=one,
        before=before and before["id"],
        after=after and after["id"],
        slowest=slowest[0] if slowest else None,
        rank=slowest.index(one["id"]) + 1 if one["id"] in slowest else None,
        others=others(one),
    )


def others(one: Explained) -> tuple[Other, ...]:
    """What the other policies would have picked, as far as that can be known."""
    by_name = {candidate["name"]: candidate for candidate in one["candidates"]}
    found = [
        (turn["policy"], by_name[turn["node"]], ()) for turn in one["turns"] if turn["node"] in by_name
    ] + _foreseen(one)
    return tuple(
        Other(
            policy,
            candidate,
            tuple(sorted(ties, key=lambda name: name != one["node"])),
            candidate["name"] == one["node"],
        )
        for policy, candidate, ties in found
        if policy != one["policy"]
    )


def _foreseen(one: Explained) -> list[tuple[str, Candidate, tuple[str, ...]]]:
    candidates = one["candidates"]
    if len(candidates) < one["ready"]:
        return []
    ready = [Member(candidate["name"], candidate["weight"]) for candidate in candidates]
    shadows = foreseen(ready, [candidate["in_flight"] for candidate in candidates], one["key"])
    return [
        (each.policy, candidates[each.place], tuple(candidates[place]["name"] for place in each.ties))
        for each in shadows
    ]


def _named(kept: Kept, request: str) -> Explained | None:
    return next((one for one in (*kept["newest"], *kept["slowest"]) if one["id"] == request), None)


def _picked(kept: Kept, pick: Pick, node: str) -> Explained | None:
    found: Sequence[Explained] = kept["slowest"] if pick is Pick.SLOWEST else in_order(kept)[::-1]
    return next((one for one in found if not node or one["node"] == node), None)
