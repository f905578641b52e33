"""Least time: the node likely to answer first, given its average latency and its requests in flight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from balancer.core.draws import Draw
from balancer.core.policies.lowest import Lowest
from balancer.core.policy import Sight
from balancer.core.pool import Pool
from ringviz.core.abilities import NO_OPTIONS, Option, Options, Wanted

KEPT: Final = 0.9


class LeastTime(Lowest):
    """Compares all ready nodes by `average latency * (in flight + 1) / weight`. Ties take turns. O(n).

    Each answer, including errors, moves the average by `1 - kept` of the distance. A node without answers counts with
    the average of all answers, so a new node gets neither everything nor nothing.

    Source: NGINX Plus, `least_time`: the least average latency and the fewest connections, with regard to weights. It
    does not publish how it combines the three; the product is our choice. `kept` is from Angie, a fork of NGINX, whose
    `response_time_factor` keeps 90 % by default.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.IN_FLIGHT, Sight.LATENCY, Sight.WEIGHTS})
    options: ClassVar[tuple[Option, ...]] = (Option("kept", KEPT, 0, 0.999, Wanted.ANY),)

    def __init__(self, pool: Pool, draw: Draw, options: Options = NO_OPTIONS) -> None:
        self._latency: list[float | None] = []
        self._of_all: float | None = None
        super().__init__(pool, draw, options)

    def changed(self) -> None:
        """New nodes have no average yet. O(n)."""
        super().changed()
        self._latency.extend([None] * (len(self.pool.names) - len(self._latency)))
        self._weights = self.of_ready(self.pool.weights)

    def scores(self, now: float) -> Sequence[float]:
        """Scores in the unit of the latencies. Before the first answer, all latencies count as 1."""
        unknown = 1.0 if self._of_all is None else self._of_all
        of_ready = self.of_ready
        loads = zip(of_ready(self._latency), of_ready(self.pool.in_flight), self._weights, strict=True)
        return [
            (unknown if latency is None else latency) * (in_flight + 1) / weight for latency, in_flight, weight in loads
        ]

    def answered(self, place: int, now: float, latency: float, *, ok: bool) -> None:
        """O(1)."""
        self._latency[place] = self._moved(self._latency[place], latency)
        self._of_all = self._moved(self._of_all, latency)

    def _moved(self, average: float | None, latency: float) -> float:
        kept = self.chosen["kept"]
        return latency if average is None else average * kept + latency * (1 - kept)
