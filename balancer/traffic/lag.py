"""How late the driver's own event loop is, so that a slow machine is not taken for a slow policy."""

from __future__ import annotations

import asyncio
import time
from typing import Final

EVERY_S: Final = 0.01
MOST_AT_ONCE: Final = 1_000  # looks that one blockage stands for: 10 s

_clock = time.perf_counter


class Lag:
    """Wants to look every EVERY_S, and notes how late it came; a timer of uvloop alone is up to 1 ms late.

    A blocked loop misses looks. Each of them counts, with the time that it would have waited: otherwise a second of
    blockage would weigh no more than one look.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._late: list[float] = []
        self._next = _clock() + EVERY_S
        self._timer = self._loop.call_later(EVERY_S, self._look)

    def take(self) -> list[float]:
        """The lags since the last call, in seconds."""
        late, self._late = self._late, []
        return late

    def close(self) -> None:
        """Looks no more."""
        self._timer.cancel()

    def _look(self) -> None:
        now = _clock()
        self._next = max(self._next, now - MOST_AT_ONCE * EVERY_S)
        while self._next <= now:
            self._late.append(now - self._next)
            self._next += EVERY_S
        self._timer = self._loop.call_later(self._next - now, self._look)
