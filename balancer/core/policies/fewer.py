"""What the policies have in common that draw two nodes and take the one with fewer requests in flight."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from balancer.core.draws import Draw
from balancer.core.policy import Policy, Sight


class FewerOfTwo(Policy):
    """Looks at two nodes and at no others. Of equal nodes the first that was drawn wins. Weights do not count.

    Whoever keeps `in_flight` may draw the pair first and bring only these two up to date: see the simulator.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.IN_FLIGHT})
    drawing: tuple[list[int], int, Draw]

    def changed(self) -> None:
        """Keeps what a pair is drawn from: the ready places, how many these are, and the draws. O(1)."""
        self.drawing = self.pool.ready, len(self.pool.ready), self.draw

    @property
    def looks_at_the_pair_only(self) -> bool:
        """False for a subclass that picks in another way, or is told of answers."""
        return type(self).pick is FewerOfTwo.pick and Sight.LATENCY not in self.sight

    @abstractmethod
    def pair(self) -> tuple[int, int]:
        """Draws two ready places; the same twice where the policy allows it, or where only one node is ready. O(1)."""

    def pick(self, key: int, now: float) -> int:
        """The less busy of two."""
        in_flight = self.pool.in_flight
        one, other = self.pair()
        return one if in_flight[one] <= in_flight[other] else other
