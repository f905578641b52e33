"""When each request is due, and its key: seeded, so that the same seed has the same requests."""

from __future__ import annotations

import secrets
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from math import inf
from typing import Final

import numpy as np

from balancer.core.keys import Keys
from balancer.traffic.settings import Settings

BLOCK: Final = 4_096  # requests drawn at a time, or those of a second if they are fewer

# Times and keys have streams of their own, so that neither depends on how many of the other were drawn.
_TIMES, _KEYS, POLICY, SAMPLES = range(4)


class Stream:
    """Poisson arrivals from `begin` on, in seconds of the driver's clock; keys as 32-bit hashes.

    It has no end, or is the first `seconds` of the one that has none. Only what is due is taken, in order, and what is
    not taken waits.
    """

    def __init__(self, settings: Settings, begin: float, seconds: float = inf) -> None:
        self.begin = begin
        self.name: Final = secrets.token_hex(4)  # no other stream is called so
        self._seconds = seconds
        self.number = 0  # of the next request
        self._rate = settings.rate
        self._block = int(min(max(settings.rate, 16), BLOCK))
        self._times, self._drawn = (np.random.default_rng((settings.seed, kind)) for kind in (_TIMES, _KEYS))
        self._keys = Keys(settings.keys, settings.skew)
        self._last = 0.0  # since the beginning
        self._dues: list[float] = []
        self._hashes: list[int] = []
        self._at = 0
        self._draw()

    @property
    def due(self) -> float:
        """When the next request is due; infinite after the last."""
        return self._dues[self._at] if self._at < len(self._dues) else inf

    def take(self, until: float, most: int) -> Iterator[tuple[float, int]]:
        """When each request that is due at `until` was due, and its key: at most so many, and those of one block."""
        first = self._at
        self._at = bisect_right(self._dues, until, first, min(first + most, len(self._dues)))
        return self._taken(first, self._at)

    def drop(self, before: float) -> int:
        """Leaves out what was due before that moment, and gives how many those were."""
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
