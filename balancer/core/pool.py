"""The nodes that a policy picks from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple


class Member(NamedTuple):
    """A named node. `weight` is its share relative to others, more than 0."""

    name: str
    weight: float = 1.0


class Pool:
    """Nodes by place 0, 1, 2, ..., as parallel lists, the fastest form to pick from.

    The sender keeps the lists up to date; a policy only reads them. `in_flight` counts requests that were sent and not
    answered. `ready` lists the places that may be picked now, in ascending order. `weights` are the effective weights,
    lower than a node's own during slow start. `free_at` is when a node will have served everything it has; only the
    simulator knows it.

    A place is never reused: a node that joins is appended, and one that leaves is no longer ready.
    """

    def __init__(self, members: Iterable[Member]) -> None:
        given = tuple(members)
        self.names: Final[list[str]] = [member.name for member in given]
        self.weights: Final[list[float]] = [member.weight for member in given]
        self.in_flight: Final[list[int]] = [0] * len(given)
        self.free_at: Final[list[float]] = [0.0] * len(given)
        self.ready: list[int] = list(range(len(given)))

    def add(self, member: Member) -> int:
        """Appends a ready node without requests and returns its place. The caller then calls the policy's `changed`."""
        place = len(self.names)
        self.names.append(member.name)
        self.weights.append(member.weight)
        self.in_flight.append(0)
        self.free_at.append(0.0)
        self.ready = [*self.ready, place]
        return place
