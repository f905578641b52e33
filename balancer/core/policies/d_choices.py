"""d choices: draws several nodes and takes the one with the fewest requests in flight for its weight."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import ClassVar, Final

from balancer.core.policy import Choice, Policy, Sight
from ringviz.core.abilities import Option, Wanted

CHOICES: Final = 2
BIAS: Final = 1.0


class SeveralChoices(Policy):
    """Draws `d` times among the ready nodes, with replacement, and compares their load. O(d log n), d draws.

    With equal weights, the fewest in flight win. Otherwise, nodes are drawn in proportion to their weights, and the
    lowest `(in flight + 1)^bias / weight` wins. The first draw wins ties.

    Source: Envoy, LEAST_REQUEST with `choice_count` 2 and `active_request_bias` 1.0, its defaults. With unequal
    weights, Envoy schedules all nodes by that score instead. Drawing by weight is the alternative that
    least_request_lb.h mentions, and `d` keeps its meaning.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.IN_FLIGHT, Sight.WEIGHTS})
    options: ClassVar[tuple[Option, ...]] = (
        Option("d", CHOICES, 2, 100),
        Option("bias", BIAS, 0, 10, Wanted.ANY),
    )

    def changed(self) -> None:
        """O(n)."""
        weights = [self.pool.weights[place] for place in self.pool.ready]
        self._equal = len(set(weights)) < 2
        self._sums = list(accumulate(weights))
        self._more = range(int(self.chosen["d"]) - 1)
        self._bias = self.chosen["bias"]

    def pick(self, key: int, now: float) -> int:
        """The least busy of the drawn nodes."""
        draw, place_of, score_of = self.draw, self._place, self._score
        best = place_of(draw())
        lowest = score_of(best)
        for _ in self._more:
            place = place_of(draw())
            score = score_of(place)
            if score < lowest:
                best, lowest = place, score
        return best

    def why(self, key: int, now: float) -> Choice:
        """The same, with all draws and scores."""
        drawn = tuple(self.draw() for _ in range(int(self.chosen["d"])))
        considered = tuple(map(self._place, drawn))
        scores = {place: self._score(place) for place in considered}
        return Choice(min(considered, key=scores.__getitem__), scores, drawn, considered)

    def _place(self, drawn: float) -> int:
        ready = self.pool.ready
        if self._equal:
            return ready[int(drawn * len(ready))]
        return ready[bisect_right(self._sums, drawn * self._sums[-1])]

    def _score(self, place: int) -> float:
        in_flight: float = self.pool.in_flight[place]
        if self._equal:
            return in_flight
        score: float = (in_flight + 1) ** self._bias / self.pool.weights[place]
        return score
