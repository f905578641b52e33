"""Slow start: a node that comes back gets few requests at first, then more and more.

Envoy's `slow_start`: weight x max(min_weight_percent, (time / window) ^ (1 / aggression)), with aggression 1.0 and
min_weight_percent 10. It has no default window; ours is the 30 s of NGINX's own example. NGINX's `slow_start` and
HAProxy's `slowstart` use the same straight line but begin near 0. A pool needs weights above 0, so we follow Envoy.
(Envoy counts the first second as a whole one, which matters in windows below 10 s.)

As in HAProxy, the first members skip slow start: no other node could serve meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Final

STEPS: Final = 20
"""A share grows in this many steps, because each change of weight makes a policy rebuild its table."""


@dataclass(frozen=True, slots=True)
class SlowStart:
    """How the weight grows. `window_s` of 0 turns it off; `least` is the first share, above 0 and up to 1."""

    window_s: float = 30.0
    aggression: float = 1.0
    least: float = 0.10

    def share(self, elapsed: float) -> float:
        """The fraction of its own weight that a node gets `elapsed` seconds after its return: [least, 1], never
        falling.
        """
        if elapsed >= self.window_s:
            return 1.0
        grown: float = (max(elapsed, 0.0) / self.window_s) ** (1.0 / self.aggression)
        return max(self.least, floor(grown * STEPS) / STEPS)
