"""Round robin: each node in its turn."""

from __future__ import annotations

from bisect import bisect_right
from itertools import cycle
from typing import ClassVar

from balancer.core.policy import Choice, Foresight, Policy, Sight


class RoundRobin(Policy):
    """The next ready node after the last one that was picked, in the order of places. O(1).

    Source: Envoy, load balancer ROUND_ROBIN; NGINX and HAProxy (`roundrobin`) where all weights are equal. After a
    change of the ready nodes the turn goes on where it was.
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
        """The next in turn."""
        place = self._last = self._next()
        return place

    def why(self, key: int, now: float) -> Choice:
        """The same; nothing was compared."""
        place = self.pick(key, now)
        return Choice(place, considered=(place,))

    def skip(self, requests: int) -> None:
        """O(n), however many."""
        for _ in range(requests % len(self.pool.ready)):
            self._last = self._next()
