"""Measures how late the driver's own event loop is, so that a slow machine does not pass for a slow policy."""

from __future__ import annotations

import asyncio
import time
from typing import Final

EVERY_S: Final = 0.01
MOST_AT_ONCE: Final = 1_000  # most looks counted for one blockage: 10 s

_clock = time.perf_counter


class Lag:
    """Looks every EVERY_S and records how late it was. uvloop's timers are up to 1 ms late by themselves.

    A blocked loop misses looks. Each missed look counts with the time that it would have waited; otherwise a second of
    blockage would weigh only as much as one look.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._late: list[float] = []
        self._next = _clock() + EVERY_S
        self._timer = self._loop.call_later(EVERY_S, self._look)

    def take(self) -> list[float]:
        """Returns the lags since the last call, in seconds."""
        late, self._late = self._late, []
        return late

    def close(self) -> None:
        """Stops looking."""
        self._timer.cancel()

    def _look(self) -> None:
        now = _clock()
        self._next = max(self._next, now - MOST_AT_ONCE * EVERY_S)
        while self._next <= now:
            self._late.append(now - self._next)
            self._next += EVERY_S
        self._timer = self._loop.call_later(self._next - now, self._look)
