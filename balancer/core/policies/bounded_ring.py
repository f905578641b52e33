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
    """No request makes a node have more than `ceil(c m / n)` in flight, of m on n ready nodes with itself among them.

    Where weights differ, a node's cap is `ceil(c m)` times its share of the weights, before rounding up. O(log tokens +
    n) to look up and to count, and the walk: on average 1/(c-1)^2 nodes at most are full.

    Source: V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018,
    arXiv:1608.01350, and its `c` in `ringviz.core.bounded`. HAProxy's `hash-balance-factor` and Envoy's
    `hash_balance_factor` count requests in flight in the same way; both are off by default.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.KEY, Sight.IN_FLIGHT, Sight.WEIGHTS})
    options: ClassVar[tuple[Option, ...]] = (*Ring.options, *Bounded.options)

    def changed(self) -> None:
        """As of the ring."""
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
        """The most requests that each ready node may have once the next one is sent. O(n)."""
        total = self._requests()
        return {place: -(-part * total // of) for place, (part, of) in self._parts.items()}

    def pick(self, key: int, now: float) -> int:
        """The first with room."""
        owners, in_flight, parts, total = self.owners, self.pool.in_flight, self._parts, self._requests()
        start = bisect_left(self.tokens, key)
        for at in range(start, start + len(self.tokens)):
            place = owners[at]
            part, of = parts[place]
            if in_flight[place] * of < part * total:  # that is in_flight < ceil(part * total / of)
                return place
        return owners[start]  # only where a node has lost every token to another's: the caps miss its part

    def why(self, key: int, now: float) -> Choice:
        """The same, with the nodes that were walked past; a score is how full a node was: in flight / cap."""
        place = self.pick(key, now)
        considered, caps, in_flight = self.walked(key, place), self.caps(), self.pool.in_flight
        return Choice(place, {one: in_flight[one] / caps[one] for one in considered if one in caps}, (), considered)

    def _requests(self) -> int:
        return sum(self._of_ready(self.pool.in_flight)) + 1
