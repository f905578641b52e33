"""Join the shortest queue: the node with the fewest requests in flight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from balancer.core.policies.lowest import Lowest
from balancer.core.policy import Foresight, Sight


class ShortestQueue(Lowest):
    """Compares all ready nodes by requests in flight. Ties take turns. Weights do not count. O(n).

    Source: W. Winston, "Optimality of the Shortest Line Discipline", Journal of Applied Probability 14(1), 1977.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.IN_FLIGHT})
    foresight: ClassVar[Foresight] = Foresight.POOL
    floor = 0

    def scores(self, now: float) -> Sequence[float]:
        """Requests in flight."""
        in_flight: Sequence[int] = self.of_ready(self.pool.in_flight)
        return in_flight
