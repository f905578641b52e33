"""Phi accrual: how suspicious a silence is, given how regular the heartbeats were. 1 is wrong once in 10, 2 once in
100.

Hayashibara and others, "The phi accrual failure detector" (2004), in the form of Akka: phi = -log10(1 - F(silence)), F
the normal distribution of the intervals in its logistic approximation. Akka's defaults for the members of a cluster:
threshold 8, 1000 intervals, a standard deviation of at least 100 ms. Its acceptable-heartbeat-pause of 3 s is 0 here: a
suspected node keeps its requests, so suspicion may come early.

`servers.watching.detector` is a separate detector: it pings in rounds and decides after two misses.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import exp, log, log1p, sqrt


def phi(silence: float, mean: float, deviation: float) -> float:
    """The suspicion after a silence, 0 or more. All three arguments use one unit. Never overflows.

    Akka writes -log10(e / (1 + e)) with e = exp(-x); that is log10(1 + exp(x)).
    """
    y = (silence - mean) / deviation
    x = y * (1.5976 + 0.070566 * y * y)
    return (max(x, 0.0) + log1p(exp(-abs(x)))) / log(10.0)


@dataclass(frozen=True, slots=True)
class Accrual:
    """When a silence is suspicious: phi of `threshold`. Times are in seconds."""

    threshold: float = 8.0
    intervals: int = 1000
    least_deviation_s: float = 0.1
    pause_s: float = 0.0


class Rhythm:
    """The heartbeats of one node: its last `intervals` intervals, as a sum and a sum of squares."""

    __slots__ = ("_intervals", "_rules", "_squares", "_sum", "last")

    def __init__(self, rules: Accrual, every_s: float, now: float) -> None:
        """The first heartbeat came at `now`. As in Akka, the expected interval counts as two observed ones."""
        self._rules = rules
        self._intervals: deque[float] = deque()
        self._sum = self._squares = 0.0
        self.last = now
        for estimate in (every_s * 0.75, every_s * 1.25):
            self._add(estimate)

    def beat(self, now: float) -> None:
        """Records a heartbeat. Suspicious intervals are not learnt."""
        if not self.suspicious(now):
            self._add(now - self.last)
        self.last = now

    def phi(self, now: float) -> float:
        """How suspicious the silence since the last heartbeat is. O(1)."""
        count = len(self._intervals)
        mean = self._sum / count
        deviation = sqrt(max(self._squares / count - mean * mean, 0.0))
        return phi(now - self.last, mean + self._rules.pause_s, max(deviation, self._rules.least_deviation_s))

    def suspicious(self, now: float) -> bool:
        """Whether the silence is suspicious."""
        return self.phi(now) >= self._rules.threshold

    def _add(self, interval: float) -> None:
        if len(self._intervals) == self._rules.intervals:
            oldest = self._intervals.popleft()
            self._sum -= oldest
            self._squares -= oldest * oldest
        self._intervals.append(interval)
        self._sum += interval
        self._squares += interval * interval
