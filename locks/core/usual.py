"""How long a lock is usually held: from its newest holds, or from all holds with the same name pattern."""

from __future__ import annotations

import math
from collections import OrderedDict, deque

ENOUGH = 10
_NEWEST = 64
_MOST_NAMES = 10_000


class Usual:
    """The newest durations by lane and by pattern: 64 each, for at most 10,000 lanes and patterns."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, deque[float]] = OrderedDict()

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return bool(self._kept)

    def add(self, lane: str, pattern: str, held_ms: float) -> None:
        """Adds a hold that was seen from its beginning to its end. O(1)."""
        for name in (lane, f"*{pattern}"):
            durations = self._kept.setdefault(name, deque(maxlen=_NEWEST))
            self._kept.move_to_end(name)
            durations.append(held_ms)
        while len(self._kept) > _MOST_NAMES:
            self._kept.popitem(last=False)

    def p95_ms(self, lane: str, pattern: str) -> float | None:
        """19 of 20 holds of the lock took no longer. With fewer than ten, uses its pattern, otherwise None."""
        for name in (lane, f"*{pattern}"):
            durations = self._kept.get(name, ())
            if len(durations) >= ENOUGH:
                return sorted(durations)[math.ceil(len(durations) * 0.95) - 1]
        return None
