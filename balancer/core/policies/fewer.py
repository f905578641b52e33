"""The base of policies that draw two nodes and take the one with fewer requests in flight."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from balancer.core.draws import Draw
from balancer.core.policy import Policy, Sight


class FewerOfTwo(Policy):
    """Looks at two nodes only. The first draw wins ties. Weights do not count.

    A caller that keeps `in_flight` can draw the pair first and update only these two: see the simulator.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.IN_FLIGHT})
    drawing: tuple[list[int], int, Draw]

    def changed(self) -> None:
        """Stores the ready places, their number, and the draws. O(1)."""
        self.drawing = self.pool.ready, len(self.pool.ready), self.draw

    @property
    def looks_at_the_pair_only(self) -> bool:
        """False for a subclass that picks differently or uses answers."""
        return type(self).pick is FewerOfTwo.pick and Sight.LATENCY not in self.sight

    @abstractmethod
    def pair(self) -> tuple[int, int]:
        """Draws two ready places. They may be equal if the policy allows it or only one node is ready. O(1)."""

    def pick(self, key: int, now: float) -> int:
        """The less busy of two drawn nodes."""
        in_flight = self.pool.in_flight
        one, other = self.pair()
        return one if in_flight[one] <= in_flight[other] else other
