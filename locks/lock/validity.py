"""How long a lock is valid, by a clock of this machine that nobody sets and that keeps running during suspend."""

from __future__ import annotations

import math
import time

DRIFT = 0.01
"""How much faster than ours the server's clock may run."""
MARGIN_S = 0.002
"""A server may expire a key up to a millisecond early, and clocks are read in milliseconds."""

# Linux's CLOCK_MONOTONIC stops while the machine sleeps, but the server's keys keep running out.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now_s() -> float:
    """Seconds on that clock."""
    return time.clock_gettime(_CLOCK)


def good_until(asked_at: float, left_ms: float) -> float:
    """When a lock stops being valid that had `left_ms` (negative: it never ends) at some moment after `asked_at`.

    Both are times of `now_s`: counted from before the request was sent, less 1 % and 2 ms.
    """
    return math.inf if left_ms < 0 else asked_at + left_ms / 1000 * (1 - DRIFT) - MARGIN_S
