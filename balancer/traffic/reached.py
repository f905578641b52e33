"""What each policy reached on one stream: the p99 of its last seconds, kept after another policy takes over."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from balancer.traffic.tally import BUCKETS, Part, percentiles
from ringviz.core.abilities import Options

SPAN_S: Final = 10.0
SETTLES_S: Final = 1.0  # earlier answers may belong to requests that the previous policy sent
MOST: Final = 32  # policies with their options; the least recently used is dropped


class Driven(NamedTuple):
    """A policy's last result: `p99_ms` over its last `seconds` (at most SPAN_S), None before its first answer.

    `at` is the time of its last answers. `around` is the nodes' condition then.
    """

    policy: str
    options: Options
    p99_ms: float | None
    seconds: float
    at: float
    around: Hashable


class Reached:
    """Feed it every part as it comes. Memory: 8 kB for each part of SPAN_S."""

    def __init__(self) -> None:
        self._stream: Hashable = None
        self._before: dict[Hashable, Driven] = {}
        self._now: tuple[str, Options, Hashable] | None = None
        self._since = 0.0
        self._parts: deque[tuple[float, NDArray[np.int64]]] = deque()
        self._total = np.zeros(BUCKETS, np.int64)
        self._seconds = 0.0
        self._at = 0.0

    def under(self, stream: Hashable, policy: str, options: Options, around: Hashable, now: float) -> None:
        """Sets the current policy, stream and node condition (`around`). Call it before each part.

        A new stream drops all results. A new condition restarts the current policy's result.
        """
        if stream != self._stream:
            self._stream, self._now = stream, None
            self._before.clear()
        asked = (policy, options, around)
        if asked == self._now:
            return
        self._keep()
        self._now, self._since, self._at = asked, now, now
        self._parts.clear()
        self._total[:] = 0
        self._seconds = 0.0

    def add(self, part: Part, now: float) -> None:
        """Adds the part that ends at `now`."""
        if self._now is None or now - part.seconds < self._since + SETTLES_S:
            return
        latencies = part.latencies.sum(axis=0)
        self._parts.append((part.seconds, latencies))
        self._total += latencies
        self._seconds += part.seconds
        self._at = now
        while self._seconds - self._parts[0][0] >= SPAN_S:
            seconds, gone = self._parts.popleft()
            self._total -= gone
            self._seconds -= seconds

    def told(self) -> list[Driven]:
        """Every policy that drove this stream, least recent first. The last one drives now."""
        current = self._driven()
        others = [one for key, one in self._before.items() if current is None or key != _key(current)]
        return others if current is None else [*others, current]

    def _driven(self) -> Driven | None:
        if self._now is None:
            return None
        policy, options, around = self._now
        (p99,) = percentiles(self._total, (99,))
        p99_ms = None if p99 is None else round(p99 * 1_000, 3)
        return Driven(policy, options, p99_ms, round(self._seconds, 3), self._at, around)

    def _keep(self) -> None:
        """Stores the current policy's result as the newest. Without an answer, its earlier result stays."""
        current = self._driven()
        if current is None or current.p99_ms is None:
            return
        self._before.pop(_key(current), None)
        self._before[_key(current)] = current
        while len(self._before) > MOST:
            del self._before[next(iter(self._before))]


def _key(driven: Driven) -> Hashable:
    return driven.policy, tuple(sorted(driven.options.items()))
