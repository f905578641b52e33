"""Two choices: draws two nodes and takes the one with fewer requests in flight."""

from __future__ import annotations

from balancer.core.policies.fewer import FewerOfTwo
from balancer.core.policy import Choice


class TwoChoices(FewerOfTwo):
    """Draws twice among the ready nodes, with replacement: both draws may pick the same node. O(1), two draws.

    Source: M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001. Envoy's
    LEAST_REQUEST does this with its default `choice_count` of 2 and equal weights.
    """

    def pair(self) -> tuple[int, int]:
        """Draws two places, which may be the same."""
        ready, count, draw = self.drawing
        return ready[int(draw() * count)], ready[int(draw() * count)]

    def why(self, key: int, now: float) -> Choice:
        """The same, with both draws and their requests in flight."""
        ready, in_flight = self.pool.ready, self.pool.in_flight
        drawn = self.draw(), self.draw()
        one, other = (ready[int(number * len(ready))] for number in drawn)
        scores = {place: in_flight[place] for place in (one, other)}
        return Choice(one if scores[one] <= scores[other] else other, scores, drawn, (one, other))
