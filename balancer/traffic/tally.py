"""Counts every request once: each request sent to a node is answered, refused, failed or in flight."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from servers.client.line import Failed, Outcome
from servers.resp import ErrorReply


class Count(IntEnum):
    """The counts per node. All except SENT are ways in which a request ends."""

    SENT = 0  # the policy picked the node
    ANSWERED = 1
    REFUSED = 2  # not sent: too many in flight to the node
    LOST = 3  # sent, but no reply: timeout or broken connection
    AWAY = 4  # not sent: the node is not responding
    ERROR = 5  # answered with an error: LOADING, OOM, ...


ERRORS: Final = (Count.LOST, Count.AWAY, Count.ERROR)
_FAILED: Final = {Failed.LOST: Count.LOST, Failed.AWAY: Count.AWAY, Failed.FULL: Count.REFUSED}

# A histogram's buckets: each 2 % wider than the last, so that percentiles are accurate to 1 %.
_LEAST_S = 1e-6
_GROWTH = np.log(1.02)
BUCKETS: Final = int(np.log(1e8) / _GROWTH) + 2  # up to 100 s


class Part(NamedTuple):
    """The results of a stretch of time. Rows are nodes by place.

    `counts` has a column for each Count, `latencies` one for each bucket. `late` requests were dropped because the
    driver itself was late, `homeless` ones refused because no node could be picked.
    """

    seconds: float
    counts: NDArray[np.int64]
    latencies: NDArray[np.int64]
    late: int
    homeless: int
    lags: list[float]


class Tally:
    """Running totals, and the results since the last look. Each new latency takes 8 bytes until then."""

    def __init__(self) -> None:
        self.counts: Final[list[list[int]]] = [[] for _ in Count]  # by Count, then by place
        self.latencies: Final[list[list[float]]] = []  # by place, in seconds
        self.late = 0
        self.homeless = 0
        self._before = np.zeros((0, len(Count)), np.int64)
        self._late_before = self._homeless_before = 0

    def add(self) -> None:
        """Adds a node."""
        for counts in self.counts:
            counts.append(0)
        self.latencies.append([])

    def of(self, place: int) -> dict[Count, int]:
        """A node's totals."""
        return {count: self.counts[count][place] for count in Count}

    def take(self, seconds: float, lags: list[float]) -> Part:
        """Returns the results since the last call, `seconds` ago. O(nodes + latencies)."""
        now = np.array(self.counts, np.int64).T
        counts = now - padded(self._before, len(now))
        latencies = np.zeros((len(now), BUCKETS), np.int64)
        for place, taken in enumerate(self.latencies):
            if taken:
                latencies[place] = histogram(taken)
                taken.clear()
        part = Part(
            seconds, counts, latencies, self.late - self._late_before, self.homeless - self._homeless_before, lags
        )
        self._before, self._late_before, self._homeless_before = now, self.late, self.homeless
        return part


def counted(outcome: Outcome) -> Count:
    """The Count for an outcome."""
    if isinstance(outcome, Failed):
        return _FAILED[outcome]
    return Count.ERROR if isinstance(outcome, ErrorReply) else Count.ANSWERED


def histogram(latencies_s: list[float]) -> NDArray[np.int64]:
    """The number of latencies per bucket. The first holds all up to 1 microsecond, the last all from 100 s."""
    buckets = np.rint(np.log(np.maximum(np.array(latencies_s), _LEAST_S) / _LEAST_S) / _GROWTH)
    return np.bincount(np.minimum(buckets, BUCKETS - 1).astype(np.int64), minlength=BUCKETS)


def percentiles(counts: NDArray[np.int64], ranks: tuple[int, ...]) -> list[float | None]:
    """The percentiles in seconds, accurate to 1 %. None without latencies."""
    cumulated = np.cumsum(counts)
    if not cumulated[-1]:
        return [None] * len(ranks)
    wanted = np.ceil(np.array(ranks) / 100 * cumulated[-1])
    found: list[float | None] = (_LEAST_S * np.exp(np.searchsorted(cumulated, wanted) * _GROWTH)).tolist()
    return found


def mean(counts: NDArray[np.int64]) -> float | None:
    """The mean latency in seconds, accurate to 1 %. None without latencies."""
    answers = int(counts.sum())
    return float(counts @ (_LEAST_S * np.exp(np.arange(BUCKETS) * _GROWTH))) / answers if answers else None


def padded(rows: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Adds rows of zeros for nodes that joined later."""
    return np.pad(rows, ((0, count - len(rows)), (0, 0)))
