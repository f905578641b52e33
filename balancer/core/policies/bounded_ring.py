"""The ring with bounded loads: a key's requests go to the next ready node clockwise that has room."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from typing import ClassVar

from balancer.core.policies.gathering import gatherer
from balancer.core.policies.ring import Ring
from balancer.core.policy import Choice, Sight
from ringviz.core.abilities import Option
from ringviz.core.bounded import Bounded


class BoundedRing(Ring):
    """Gives no node more than `ceil(c m / n)` requests in flight, where m is the total on n ready nodes, including the
    new one.

    Where weights differ, a node's cap is `ceil(c m)` times its share of the weights, before rounding up. O(log tokens +
    n) to look up and count, plus the walk past full nodes, on average at most 1/(c-1)^2.

    Source: V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018,
    arXiv:1608.01350, and its `c` in `ringviz.core.bounded`. HAProxy's `hash-balance-factor` and Envoy's
    `hash_balance_factor` count requests in flight in the same way; both are off by default.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.KEY, Sight.IN_FLIGHT, Sight.WEIGHTS})
    options: ClassVar[tuple[Option, ...]] = (*Ring.options, *Bounded.options)

    def changed(self) -> None:
        """Raises as the ring does."""
        super().changed()
        ready = self.pool.ready
        self._of_ready = gatherer(ready)
        weights = [Fraction(str(self.pool.weights[place])) for place in ready]
        total = sum(weights)
        c = Fraction(str(self.chosen["c"]))
        # Exact, as in ringviz.core.bounded: in floats 1.1 times 10 is more than 11.
        self._parts = {
            place: (c * weight / total).as_integer_ratio() for place, weight in zip(ready, weights, strict=True)
        }

    def caps(self) -> dict[int, int]:
        """The most requests that each ready node may have after the next one is sent. O(n)."""
        total = self._requests()
        return {place: -(-part * total // of) for place, (part, of) in self._parts.items()}

    def pick(self, key: int, now: float) -> int:
        """The first node with room."""
        owners, in_flight, parts, total = self.owners, self.pool.in_flight, self._parts, self._requests()
        start = bisect_left(self.tokens, key)
        for at in range(start, start + len(self.tokens)):
            place = owners[at]
            part, of = parts[place]
            if in_flight[place] * of < part * total:  # that is in_flight < ceil(part * total / of)
                return place
        return owners[
            start
        ]  # only if another node's tokens replaced all of a node's, so that the caps add up to too little

    def why(self, key: int, now: float) -> Choice:
        """The same, with the nodes that were passed. A score is how full a node was: in flight / cap."""
        place = self.pick(key, now)
        considered, caps, in_flight = self.walked(key, place), self.caps(), self.pool.in_flight
        return Choice(place, {one: in_flight[one] / caps[one] for one in considered if one in caps}, (), considered)

    def _requests(self) -> int:
        return sum(self._of_ready(self.pool.in_flight)) + 1
