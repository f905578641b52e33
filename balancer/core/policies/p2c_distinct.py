"""Two distinct choices: two different nodes by chance, and of these the one with fewer requests in flight."""

from __future__ import annotations

from typing import ClassVar

from balancer.core.policies.pairs import paired
from balancer.core.policy import Choice, Policy, Sight


class TwoDistinctChoices(Policy):
    """Draws two ready nodes without replacement. O(1), two draws; none where only one node is ready.

    Of equal nodes the first that was drawn wins. Weights do not count.

    Source: Finagle, `P2CPick` with the metric of `P2CLeastLoaded`.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.IN_FLIGHT})

    def pick(self, key: int, now: float) -> int:
        """The less busy of two."""
        pool, draw = self.pool, self.draw
        ready, in_flight = pool.ready, pool.in_flight
        count = len(ready)
        if count == 1:
            return ready[0]
        first, second = int(draw() * count), int(draw() * (count - 1))
        one, other = ready[first], ready[second + (second >= first)]
        return one if in_flight[one] <= in_flight[other] else other

    def why(self, key: int, now: float) -> Choice:
        """The same, with both draws and what was in flight."""
        in_flight = self.pool.in_flight
        pair, drawn = paired(self.pool.ready, self.draw)
        scores = {place: in_flight[place] for place in pair}
        return Choice(min(pair, key=scores.__getitem__), scores, drawn, pair)
