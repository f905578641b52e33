"""Random: any node, at random."""

from __future__ import annotations

from typing import ClassVar

from balancer.core.policy import Choice, Policy, Sight


class Random(Policy):
    """Every ready node is equally likely, whatever its weight and load. O(1), one draw.

    Source: Envoy, load balancer RANDOM. (HAProxy's `random` draws two and compares them: that is `p2c` here.)
    """

    sight: ClassVar[frozenset[Sight]] = frozenset()

    def pick(self, key: int, now: float) -> int:
        """Draws a node."""
        ready = self.pool.ready
        return ready[int(self.draw() * len(ready))]

    def why(self, key: int, now: float) -> Choice:
        """The same, and returns the draw."""
        ready = self.pool.ready
        drawn = self.draw()
        place = ready[int(drawn * len(ready))]
        return Choice(place, drawn=(drawn,), considered=(place,))
