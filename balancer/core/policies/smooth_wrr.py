"""Smooth weighted round robin: turns by weight, spread as evenly as possible."""

from __future__ import annotations

from typing import ClassVar

from balancer.core.draws import Draw
from balancer.core.policy import Choice, Policy, Sight
from balancer.core.pool import Pool
from ringviz.core.abilities import NO_OPTIONS, Options


class SmoothRoundRobin(Policy):
    """Each pick credits every ready node with its weight; the node with the most credit wins and pays the sum. O(n).

    The first place wins ties. Weights may be fractions and may change at any time. A node that is not ready keeps its
    credit. Weights {5, 1, 1} give a a b a c a a.

    Source: NGINX, `ngx_http_upstream_get_peer` of ngx_http_upstream_round_robin.c, without its effective weight, which
    falls after an error: here the guards do that.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.WEIGHTS})

    def __init__(self, pool: Pool, draw: Draw, options: Options = NO_OPTIONS) -> None:
        self._credit: list[float] = []
        super().__init__(pool, draw, options)

    def changed(self) -> None:
        """New nodes begin without credit. O(n)."""
        self._credit.extend([0.0] * (len(self.pool.names) - len(self._credit)))

    def pick(self, key: int, now: float) -> int:
        """The node with the most credit."""
        credit, weights = self._credit, self.pool.weights
        best, most, total = -1, float("-inf"), 0.0
        for place in self.pool.ready:
            weight = weights[place]
            total += weight
            mine = credit[place] = credit[place] + weight
            if mine > most:
                best, most = place, mine
        credit[best] -= total
        return best

    def why(self, key: int, now: float) -> Choice:
        """The same. A score is how much credit a node lacked for a turn, which costs the sum of the weights."""
        ready = tuple(self.pool.ready)
        total = sum(self.pool.weights[place] for place in ready)
        scores = {place: total - (self._credit[place] + self.pool.weights[place]) for place in ready}
        return Choice(self.pick(key, now), scores, considered=ready)
