"""When each request is due, and its key. The same seed gives the same requests."""

from __future__ import annotations

import secrets
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from math import inf
from typing import Final

import numpy as np

from balancer.core.keys import Keys
from balancer.traffic.settings import Settings

BLOCK: Final = 4_096  # requests drawn at a time, or one second's worth if that is fewer

# Times and keys have separate random streams, so that neither depends on how many of the other were drawn.
_TIMES, _KEYS, POLICY, SAMPLES = range(4)


class Stream:
    """Poisson arrivals from `begin` on, in seconds on the driver's clock; keys as 32-bit hashes.

    Endless, or limited to the first `seconds`. Requests are taken in order when due; untaken ones wait.
    """

    def __init__(self, settings: Settings, begin: float, seconds: float = inf) -> None:
        self.begin = begin
        self.name: Final = secrets.token_hex(4)  # unique to this stream
        self._seconds = seconds
        self.number = 0  # number of the next request
        self._rate = settings.rate
        self._block = int(min(max(settings.rate, 16), BLOCK))
        self._times, self._drawn = (np.random.default_rng((settings.seed, kind)) for kind in (_TIMES, _KEYS))
        self._keys = Keys(settings.keys, settings.skew)
        self._last = 0.0  # seconds since the beginning
        self._dues: list[float] = []
        self._hashes: list[int] = []
        self._at = 0
        self._draw()

    @property
    def due(self) -> float:
        """When the next request is due. Infinite after the last."""
        return self._dues[self._at] if self._at < len(self._dues) else inf

    def take(self, until: float, most: int) -> Iterator[tuple[float, int]]:
        """Takes requests due by `until`, with their due times and keys: at most `most`, from one block."""
        first = self._at
        self._at = bisect_right(self._dues, until, first, min(first + most, len(self._dues)))
        return self._taken(first, self._at)

    def drop(self, before: float) -> int:
        """Skips requests that were due before this time and returns their number."""
        dropped = 0
        while self.due < before:
            first, self._at = self._at, bisect_left(self._dues, before, self._at)
            dropped += self._at - first
            self._taken(first, self._at)
        return dropped

    def _taken(self, first: int, end: int) -> Iterator[tuple[float, int]]:
        self.number += end - first
        taken = zip(self._dues[first:end], self._hashes[first:end], strict=True)
        if end == len(self._dues):
            self._draw()
        return taken

    def _draw(self) -> None:
        self._at = 0
        if self._last >= self._seconds:
            self._dues, self._hashes = [], []
            return
        since = self._last + np.cumsum(self._times.exponential(1.0 / self._rate, self._block))
        self._last = float(since[-1])
        count = int(np.searchsorted(since, self._seconds))
        self._dues = (self.begin + since[:count]).tolist()
        self._hashes = self._keys.drawn(self._block, self._drawn)[:count].tolist()
