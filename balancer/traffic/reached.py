"""What each policy reached on one stream: the p99 of its last seconds, kept when another one takes over."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from balancer.traffic.tally import BUCKETS, Part, percentiles
from ringviz.core.abilities import Options

SPAN_S: Final = 10.0
SETTLES_S: Final = 1.0  # answers that come sooner may be of requests that the policy before sent
MOST: Final = 32  # policies with their options; the one that drove longest ago goes


class Driven(NamedTuple):
    """What a policy did last: `p99_ms` of its last `seconds`, SPAN_S at the most, None before there was an answer.

    `at` is the moment of its last answers. `around` is what was so of the nodes then.
    """

    policy: str
    options: Options
    p99_ms: float | None
    seconds: float
    at: float
    around: Hashable


class Reached:
    """Give it every part as it comes. Memory: 8 kB a part of SPAN_S."""

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
        """Who drives which stream from now on, and what is so `around`; call it before each part.

        Where the stream is another one, all is forgotten. Where the nodes are otherwise, the policy begins anew.
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
        """What came since the part before, until `now`."""
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
        """Every policy that drove this stream, in the order in which they drove last; the last one drives now."""
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
        """The one that drives, as the newest of those before; one that had no answer leaves what it reached earlier."""
        current = self._driven()
        if current is None or current.p99_ms is None:
            return
        self._before.pop(_key(current), None)
        self._before[_key(current)] = current
        while len(self._before) > MOST:
            del self._before[next(iter(self._before))]


def _key(driven: Driven) -> Hashable:
    return driven.policy, tuple(sorted(driven.options.items()))
