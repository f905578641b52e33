"""Two choices: two nodes by chance, and of these the one with fewer requests in flight."""

from __future__ import annotations

from typing import ClassVar

from balancer.core.policy import Choice, Policy, Sight


class TwoChoices(Policy):
    """Draws twice among the ready nodes, with replacement: both draws may fall on one node. O(1), two draws.

    Of equal nodes the first that was drawn wins. Weights do not count.

    Source: M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001. Envoy's
    LEAST_REQUEST draws so, with its default `choice_count` of 2 and equal weights.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.IN_FLIGHT})

    def pick(self, key: int, now: float) -> int:
        """The less busy of two."""
        pool, draw = self.pool, self.draw
        ready, in_flight = pool.ready, pool.in_flight
        count = len(ready)
        one, other = ready[int(draw() * count)], ready[int(draw() * count)]
        return one if in_flight[one] <= in_flight[other] else other

    def why(self, key: int, now: float) -> Choice:
        """The same, with both draws and what was in flight."""
        ready, in_flight = self.pool.ready, self.pool.in_flight
        drawn = self.draw(), self.draw()
        one, other = (ready[int(number * len(ready))] for number in drawn)
        scores = {place: in_flight[place] for place in (one, other)}
        return Choice(one if scores[one] <= scores[other] else other, scores, drawn, (one, other))
