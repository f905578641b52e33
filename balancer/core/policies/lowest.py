"""The base of policies that look at every ready node: the lowest score wins, and ties take turns."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Sequence
from typing import ClassVar

from balancer.core.policies.gathering import Gather, gatherer
from balancer.core.policy import Choice, Policy


class Lowest(Policy):
    """Picks the ready node with the lowest score. Ties go to the next one after the last pick. O(n).

    A subclass defines `scores`. It may set `floor`, the lowest possible score, where the search can stop. `of_ready`
    selects the items of the ready nodes from any of the pool's lists, in order.
    """

    floor: ClassVar[float | None] = None
    of_ready: Gather
    _ready: tuple[int, ...] = ()
    _at = -1  # the last pick, as an index of `_ready`

    def changed(self) -> None:
        """Keeps the turn where it was. O(n)."""
        last = self._ready[self._at] if self._at >= 0 else -1
        self._ready = tuple(self.pool.ready)
        self._at = bisect_right(self._ready, last) - 1
        self.of_ready = gatherer(self._ready)

    @abstractmethod
    def scores(self, now: float) -> Sequence[float]:
        """The score of each ready node, in the order of `pool.ready`."""

    def pick(self, key: int, now: float) -> int:
        """The node with the lowest score."""
        at = self._at = lowest_in_turn(self.scores(now), self._at, self.floor)
        return self._ready[at]

    def why(self, key: int, now: float) -> Choice:
        """The same, with all scores."""
        scores = self.scores(now)
        at = self._at = lowest_in_turn(scores, self._at, self.floor)
        return Choice(self._ready[at], dict(zip(self._ready, scores, strict=True)), considered=self._ready)


def lowest_in_turn(values: Sequence[float], last: int, floor: float | None = None) -> int:
    """The index of the lowest of one or more values. Ties go to the first after `last`, else to the first.

    No value is below `floor`.
    """
    if floor is not None:
        rest = values[last + 1 :]
        if floor in rest:
            return last + 1 + rest.index(floor)
    low = min(values)
    first = values.index(low)
    if first > last:
        return first
    rest = values[last + 1 :]
    return last + 1 + rest.index(low) if low in rest else first
