"""The outcome of a run: its figures and the trace of its first requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Final

import numpy as np
from numpy.typing import NDArray

from balancer.core import intervals

REFUSED: Final = -1  # the place of a request that no node took
WARM_UP: Final = 0.1  # share of the requests while the queues fill; their times are left out
BATCHES: Final = 20
_PERCENTILES: Final = (50, 95, 99)


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """The first requests of a run, in order of arrival.

    `place` is the node of each, or REFUSED. Service ran from `starts` to `departs`; both are the arrival time for a
    refused one. `failed` marks requests whose node was killed before they ended.
    """

    arrivals: NDArray[np.float32]
    place: NDArray[np.int16]
    starts: NDArray[np.float32]
    departs: NDArray[np.float32]
    failed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Sojourn times in mean service times, and counts of all requests: `sent` = `answered` + `refused` + `failed`.

    Times cover answered requests without the first tenth of all (WARM_UP). `mean` ± `interval` contains the true mean
    in 95 of 100 runs. `interval` is NaN with fewer than 2 answers a batch; all times are NaN with no answers. A
    percentile is the smallest time that this share of answers did not exceed. `share` is each node's share of the
    answers, all 0 if there are none.
    """

    policy: str
    mean: float
    interval: float
    p50: float
    p95: float
    p99: float
    sent: int
    answered: int
    refused: int
    failed: int
    share: Mapping[str, float]
    trace: Trace | None = None


class Tally:
    """Collects the fate of each request, block by block. `dies` is when each node is killed, inf if never."""

    def __init__(self, requests: int, names: Sequence[str], dies: Sequence[float], traced: int) -> None:
        self._names, self._dies = names, np.array(dies)
        self._warming = int(requests * WARM_UP)
        self._left = min(traced, requests)
        self._traced: list[tuple[NDArray[np.float64], NDArray[np.int16], NDArray[np.float64]]] = []
        self._times: list[NDArray[np.float64]] = []
        self._answered = np.zeros(len(names), np.int64)
        self._sent = self._refused = self._failed = 0

    def add(self, arrivals: NDArray[np.float64], places: Sequence[int], ends: Sequence[float]) -> None:
        """Adds the next requests: arrival, place (or REFUSED) and end of each."""
        place, end = np.fromiter(places, np.int16, len(places)), np.fromiter(ends, np.float64, len(ends))
        sent = place != REFUSED
        answered = sent & self._alive(place, end)
        warming = max(0, self._warming - self._sent)
        counted = answered[warming:]
        self._times.append((end[warming:] - arrivals[warming:])[counted])
        self._answered += np.bincount(place[answered], minlength=len(self._names))
        self._sent += len(place)
        self._refused += len(place) - int(sent.sum())
        self._failed += int(sent.sum() - answered.sum())
        if self._left:
            self._traced.append((arrivals[: self._left], place[: self._left], end[: self._left]))
            self._left -= len(self._traced[-1][0])

    def outcome(self, policy: str) -> Outcome:
        """The figures of all requests added."""
        times = np.concatenate(self._times) if self._times else np.empty(0)
        answered = int(self._answered.sum())
        p50, p95, p99 = percentiles(times)
        share = self._answered / max(1, answered)
        return Outcome(
            policy,
            float(times.mean()) if len(times) else nan,
            half_width(times),
            p50,
            p95,
            p99,
            self._sent,
            answered,
            self._refused,
            self._failed,
            dict(zip(self._names, share.tolist(), strict=True)),
            self._trace(),
        )

    def _trace(self) -> Trace | None:
        if not self._traced:
            return None
        arrivals, place, ends = (np.concatenate(column) for column in zip(*self._traced, strict=True))
        return Trace(
            arrivals.astype(np.float32),
            place,
            _starts(arrivals, place, ends).astype(np.float32),
            ends.astype(np.float32),
            (place != REFUSED) & ~self._alive(place, ends),
        )

    def _alive(self, place: NDArray[np.int16], end: NDArray[np.float64]) -> NDArray[np.bool_]:
        alive: NDArray[np.bool_] = end < self._dies[place]
        return alive


def percentiles(times: NDArray[np.float64]) -> list[float]:
    """For each percentile, the smallest time that this share did not exceed. NaN if there are no times. O(n)."""
    if not len(times):
        return [nan] * len(_PERCENTILES)
    found: list[float] = np.percentile(times, _PERCENTILES, method="inverted_cdf").tolist()
    return found


def half_width(times: NDArray[np.float64]) -> float:
    """Half the width of the 95 % interval of the mean, from the means of BATCHES consecutive batches.

    Consecutive times are correlated, so their own spread is too small an estimate; the means of long batches are nearly
    independent. Batches shorter than the memory of the queues give too small a width. Source: Schmeiser, "Batch Size
    Effects in the Analysis of Simulation Output", Operations Research 30 (1982), who finds 10 to 30 batches enough.
    """
    size = len(times) // BATCHES
    if size < 2:
        return nan
    means: list[float] = times[: size * BATCHES].reshape(BATCHES, size).mean(axis=1).tolist()
    return intervals.half_width(means) or 0.0


def _starts(arrivals: NDArray[np.float64], place: NDArray[np.int16], ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """When each request's service began: at its arrival, or when the previous request at its node ended."""
    starts = arrivals.copy()
    for node in np.unique(place[place != REFUSED]):
        at = np.flatnonzero(place == node)
        starts[at[1:]] = np.maximum(arrivals[at[1:]], ends[at[:-1]])
    return starts
