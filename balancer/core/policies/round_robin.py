"""Round robin: nodes take turns."""

from __future__ import annotations

from bisect import bisect_right
from itertools import cycle
from typing import ClassVar

from balancer.core.policy import Choice, Foresight, Policy, Sight


class RoundRobin(Policy):
    """Picks the ready node after the last pick, in the order of places. O(1).

    Source: Envoy, load balancer ROUND_ROBIN; NGINX and HAProxy (`roundrobin`) with equal weights. The turn continues
    after the ready nodes change.
    """

    sight: ClassVar[frozenset[Sight]] = frozenset()
    foresight: ClassVar[Foresight] = Foresight.COUNT
    _last = -1

    def changed(self) -> None:
        """O(n)."""
        ready = self.pool.ready
        start = bisect_right(ready, self._last)
        self._next = cycle([*ready[start:], *ready[:start]]).__next__

    def pick(self, key: int, now: float) -> int:
        """The next node."""
        place = self._last = self._next()
        return place

    def why(self, key: int, now: float) -> Choice:
        """The same. No scores are compared."""
        place = self.pick(key, now)
        return Choice(place, considered=(place,))

    def skip(self, requests: int) -> None:
        """O(n) for any number of requests."""
        for _ in range(requests % len(self.pool.ready)):
            self._last = self._next()
