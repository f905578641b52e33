"""The figures of the last second or more, per node and in total, for a frame."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from balancer.traffic.tally import BUCKETS, ERRORS, Count, Part, padded, percentiles

SPAN_S: Final = 1.0
_RANKS = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Share:
    """The figures of one node or of all. Counts are requests; latencies start at the intended send time.

    `sent` counts requests sent to the node in the window; `in_flight` is the current number. `share` is its share of
    all sent requests, None if there were none. Latencies are those of answers in the window, None if there were none.
    """

    sent: int
    answered: int
    refused: int
    errors: dict[str, int]
    in_flight: int
    share: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """The window: its length, each node by name, and all of them.

    `late` requests were dropped because the driver was too late, `homeless` ones refused because no node could be
    picked. The lag is that of the driver's own event loop.
    """

    seconds: float
    nodes: dict[str, Share]
    total: Share
    late: int
    homeless: int
    lag_p99_ms: float | None
    lag_max_ms: float | None

    def frame(self) -> dict[str, Any]:
        """The form for JSON."""
        return asdict(self)


class Window:
    """The newest parts that make up `span_s`. Memory: 8 kB per node and part."""

    def __init__(self, span_s: float = SPAN_S) -> None:
        self._span_s = span_s
        self._parts: deque[Part] = deque()
        self._seconds = 0.0

    def add(self, part: Part) -> None:
        """Adds the newest part and forgets those older than the span."""
        self._parts.append(part)
        self._seconds += part.seconds
        while len(self._parts) > 1 and self._seconds - self._parts[0].seconds >= self._span_s:
            self._seconds -= self._parts.popleft().seconds

    def seen(self, names: Sequence[str], in_flight: Sequence[int]) -> Seen:
        """The figures, with nodes by place. O(nodes x parts)."""
        counts = _sum([part.counts for part in self._parts], len(names), len(Count))
        latencies = _sum([part.latencies for part in self._parts], len(names), BUCKETS)
        sent = int(counts[:, Count.SENT].sum())
        lags = [lag for part in self._parts for lag in part.lags]
        return Seen(
            seconds=round(self._seconds, 3),
            nodes={
                name: _share(counts[place], latencies[place], in_flight[place], sent)
                for place, name in enumerate(names)
            },
            total=_share(counts.sum(axis=0), latencies.sum(axis=0), sum(in_flight), sent),
            late=sum(part.late for part in self._parts),
            homeless=sum(part.homeless for part in self._parts),
            lag_p99_ms=_ms(float(np.percentile(lags, 99))) if lags else None,
            lag_max_ms=_ms(max(lags)) if lags else None,
        )


def _sum(parts: Sequence[NDArray[np.int64]], rows: int, columns: int) -> NDArray[np.int64]:
    total = np.zeros((rows, columns), np.int64)
    for part in parts:
        total += padded(part, rows)
    return total


def _share(counts: NDArray[np.int64], latencies: NDArray[np.int64], in_flight: int, sent: int) -> Share:
    p50, p95, p99 = map(_ms, percentiles(latencies, _RANKS))
    return Share(
        sent=int(counts[Count.SENT]),
        answered=int(counts[Count.ANSWERED]),
        refused=int(counts[Count.REFUSED]),
        errors={count.name.lower(): int(counts[count]) for count in ERRORS},
        in_flight=in_flight,
        share=round(int(counts[Count.SENT]) / sent, 4) if sent else None,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
    )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)
