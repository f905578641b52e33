"""Two distinct choices: draws two different nodes and takes the one with fewer requests in flight."""

from __future__ import annotations

from balancer.core.policies.fewer import FewerOfTwo
from balancer.core.policies.pairs import paired
from balancer.core.policy import Choice


class TwoDistinctChoices(FewerOfTwo):
    """Draws two ready nodes without replacement. O(1), two draws; none if only one node is ready.

    Source: Finagle, `P2CPick` with the metric of `P2CLeastLoaded`.
    """

    def pair(self) -> tuple[int, int]:
        """Draws two different places, if there are two."""
        ready, count, draw = self.drawing
        if count == 1:
            return ready[0], ready[0]
        first, second = int(draw() * count), int(draw() * (count - 1))
        return ready[first], ready[second + (second >= first)]

    def why(self, key: int, now: float) -> Choice:
        """The same, with both draws and their requests in flight."""
        in_flight = self.pool.in_flight
        pair, drawn = paired(self.pool.ready, self.draw)
        scores = {place: in_flight[place] for place in pair}
        return Choice(min(pair, key=scores.__getitem__), scores, drawn, pair)
