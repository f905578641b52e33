"""Peak EWMA: draws two nodes and takes the one with the lower expected latency. Its average jumps to every peak."""

from __future__ import annotations

from math import exp
from typing import ClassVar, Final

from balancer.core.draws import Draw
from balancer.core.policies.pairs import paired
from balancer.core.policy import Choice, Policy, Sight
from balancer.core.pool import Pool
from ringviz.core.abilities import NO_OPTIONS, Option, Options, Wanted

DECAY: Final = 10.0
PENALTY: Final = float((2**63 - 1) >> 16)


class PeakEwma(Policy):
    """Draws two distinct ready nodes and compares `latency * (in flight + 1)`. O(1), two draws; none for a single node.

    The latency of a node is an exponentially weighted moving average over time: after `decay` without an answer, it
    falls to 1/e. A slower answer replaces it at once; a faster one only pulls it down. So a node is avoided quickly and
    trusted again slowly. A node without a latency is picked once, then counts with PENALTY until it answers. The second
    draw wins ties. Weights do not count, and errors count as answers.

    `decay` is in the unit of `now`: seconds, or mean service times in the simulator.

    Source: Finagle, PeakEwma.scala and P2CPeakEwma (`decayTime` 10 seconds). As in Finagle, reading an average decays
    it.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.IN_FLIGHT, Sight.LATENCY})
    options: ClassVar[tuple[Option, ...]] = (Option("decay", DECAY, 0.001, 3600, Wanted.ANY),)

    def __init__(self, pool: Pool, draw: Draw, options: Options = NO_OPTIONS) -> None:
        self._latency: list[float] = []
        self._seen: list[float] = []
        super().__init__(pool, draw, options)

    def changed(self) -> None:
        """New nodes have no latency yet. O(n)."""
        new = [0.0] * (len(self.pool.names) - len(self._latency))
        self._latency.extend(new)
        self._seen.extend(new)
        self._decay = self.chosen["decay"]

    def pick(self, key: int, now: float) -> int:
        """The one of two with the lower expected latency."""
        ready, draw = self.pool.ready, self.draw
        count = len(ready)
        if count == 1:
            return ready[0]
        first, second = int(draw() * count), int(draw() * (count - 1))
        one, other = ready[first], ready[second + (second >= first)]
        return one if self._cost(one, now) < self._cost(other, now) else other

    def why(self, key: int, now: float) -> Choice:
        """The same, with both draws and costs."""
        pair, drawn = paired(self.pool.ready, self.draw)
        if not drawn:
            return Choice(pair[0], considered=pair)
        scores = {place: self._cost(place, now) for place in pair}
        return Choice(min(reversed(pair), key=scores.__getitem__), scores, drawn, pair)

    def answered(self, place: int, now: float, latency: float, *, ok: bool) -> None:
        """O(1)."""
        self._observe(place, now, latency)

    def _cost(self, place: int, now: float) -> float:
        self._observe(place, now, 0.0)
        latency, pending = self._latency[place], self.pool.in_flight[place]
        return PENALTY + pending if pending and not latency else latency * (pending + 1)

    def _observe(self, place: int, now: float, latency: float) -> None:
        before = self._latency[place]
        if latency > before:
            self._latency[place] = latency
        elif before:
            left = exp((self._seen[place] - now) / self._decay)
            self._latency[place] = before * left + latency * (1.0 - left)
        self._seen[place] = now
