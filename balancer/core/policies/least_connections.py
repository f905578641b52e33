"""Least connections: the node with the fewest requests in flight for its weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from balancer.core.policies.lowest import Lowest
from balancer.core.policy import Foresight, Sight


class LeastConnections(Lowest):
    """Compares all ready nodes by `(in flight + 1) / weight`, 0 for an idle node. Ties take turns. O(n).

    Idle nodes come first whatever their weight, so the heaviest does not get everything under low load. If all weights
    are equal, requests in flight are compared directly, which gives the same order.

    Source: HAProxy `leastconn`, the key of `fwlc_queue_srv` in src/lb_fwlc.c (from 2.0 on). NGINX `least_conn` compares
    in flight / weight, without the 1, and breaks ties by smooth weighted round robin.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset({Sight.IN_FLIGHT, Sight.WEIGHTS})
    foresight: ClassVar[Foresight] = Foresight.POOL
    floor = 0

    def changed(self) -> None:
        """O(n)."""
        super().changed()
        self._weights = self.of_ready(self.pool.weights)
        self._equal = len(set(self._weights)) < 2

    def scores(self, now: float) -> Sequence[float]:
        """Requests per weight, including the new one."""
        loads: Sequence[int] = self.of_ready(self.pool.in_flight)
        if self._equal:
            return loads
        return [(load + 1) / weight if load else 0 for load, weight in zip(loads, self._weights, strict=True)]
