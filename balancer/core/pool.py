"""The nodes that a policy picks from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple


class Member(NamedTuple):
    """A node by its name. `weight` is its part relative to others, more than 0."""

    name: str
    weight: float = 1.0


class Pool:
    """Nodes by their places 0, 1, 2, ..., as parallel lists: that is the fastest form to pick from.

    Whoever sends the requests keeps the lists true; a policy only reads them. `in_flight` counts the requests that were
    sent and not answered. `ready` are the places that may be picked now, ascending. `weights` are those that count now:
    a node that starts slowly has less than its own. `free_at` is the moment at which a node will have served
    everything that it has; only the simulator knows it.

    A place is never given to another node: one that joins is appended, and one that leaves is no longer ready.
    """

    def __init__(self, members: Iterable[Member]) -> None:
        given = tuple(members)
        self.names: Final[list[str]] = [member.name for member in given]
        self.weights: Final[list[float]] = [member.weight for member in given]
        self.in_flight: Final[list[int]] = [0] * len(given)
        self.free_at: Final[list[float]] = [0.0] * len(given)
        self.ready: list[int] = list(range(len(given)))

    def add(self, member: Member) -> int:
        """Appends a node, ready and without requests, and gives its place. The policy is told by `changed`."""
        place = len(self.names)
        self.names.append(member.name)
        self.weights.append(member.weight)
        self.in_flight.append(0)
        self.free_at.append(0.0)
        self.ready = [*self.ready, place]
        return place
