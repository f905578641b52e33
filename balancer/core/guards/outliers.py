"""Outlier ejection: a node whose answers fail, or fail more than the others' do, gets no requests for a time.

Envoy's outlier detection, its rules and its defaults:

- 5 failures in a row eject at once; so does, every 10 s, a success rate below mean - 1.9 standard deviations, where at
  least 5 nodes have 100 requests each in that interval.
- An ejection lasts 30 s times a multiple, at most 300 s. The multiple rises by one with each ejection and falls by one
  with each interval that the node is in use; so a node that fails again soon stays out longer.
- At most 10 % of the nodes are ejected, but one always may be: so Envoy did until it made an option of it,
  `always_eject_one_host`, which is `at_least_one` here and on. A node that may not be ejected begins to count again.

Envoy ends ejections at its interval; here the first tick after the time does. There a passed health check ends one,
too; here it does not, because our checks are pings, and a node that answers pings can fail all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from balancer.core.guards.standing import Code, Reason


@dataclass(frozen=True, slots=True)
class Outlying:
    """When a node is ejected and for how long. Times are in seconds, shares from 0 to 1."""

    in_a_row: int = 5
    interval_s: float = 10.0
    base_s: float = 30.0
    longest_s: float = 300.0
    most_ejected: float = 0.10
    at_least_one: bool = True
    deviations: float = 1.9
    least_nodes: int = 5
    least_requests: int = 100


NO_EJECTIONS = Outlying(most_ejected=0.0, at_least_one=False)


class Ejection(NamedTuple):
    """A node, by its place, and why it is ejected."""

    place: int
    reason: Reason


def lowest_rate(rates: list[float], deviations: float) -> tuple[float, float]:
    """The mean of the success rates and the bound below which one is an outlier: (mean, bound)."""
    mean = sum(rates) / len(rates)
    spread = sqrt(sum((rate - mean) ** 2 for rate in rates) / len(rates))
    return mean, mean - deviations * spread


class Outliers:
    """Counts the answers of the nodes by their places. O(1) an answer; a tick is O(ejected), once an interval O(n)."""

    def __init__(self, rules: Outlying, now: float) -> None:
        self.rules = rules
        self.ejected: dict[int, float] = {}  # until when
        self._known: set[int] = set()
        self._in_a_row: list[int] = []
        self._good: list[int] = []
        self._bad: list[int] = []
        self._times: list[int] = []
        self._back_at: list[float] = []
        self._next = now + rules.interval_s

    def join(self, place: int) -> None:
        """A node is there (again), with nothing held against it. Places come in their order."""
        if place == len(self._good):
            for each in (self._in_a_row, self._good, self._bad, self._times):
                each.append(0)
            self._back_at.append(0.0)
        else:
            for each in (self._in_a_row, self._good, self._bad, self._times):
                each[place] = 0
        self._known.add(place)

    def leave(self, place: int) -> None:
        """A node is gone, and with it its ejection."""
        self._known.discard(place)
        self.ejected.pop(place, None)

    def succeeded(self, place: int) -> None:
        """A request was answered well."""
        self._good[place] += 1
        self._in_a_row[place] = 0

    def failed(self, place: int, now: float) -> Reason | None:
        """A request failed; the reason if the node is ejected for it."""
        self._bad[place] += 1
        self._in_a_row[place] += 1
        failures = self._in_a_row[place]
        if failures < self.rules.in_a_row or place in self.ejected or place not in self._known:
            return None
        self._in_a_row[place] = 0
        return self._eject(place, now, Code.FAILURES_IN_A_ROW, {"failures": failures})

    def returned(self, now: float) -> list[tuple[int, float]]:
        """The nodes whose ejections are over, each with the seconds that it was to last. They count from the start."""
        over = [place for place, until in self.ejected.items() if now >= until]
        for place in over:
            del self.ejected[place]
            self._in_a_row[place] = 0
            self._back_at[place] = now
        return [(place, self._lasts(place)) for place in over]

    def swept(self, now: float) -> list[Ejection]:
        """Once an interval: those that are ejected for their success rate. A sweep that comes late is made once."""
        if now < self._next:
            return []
        self._next = now + self.rules.interval_s
        found = list(self._below(now))
        for place in self._known - self.ejected.keys():
            self._good[place] = self._bad[place] = 0
            if self._times[place] and now - self._back_at[place] >= self.rules.interval_s:
                self._times[place] -= 1
        for place in self.ejected:
            self._good[place] = self._bad[place] = 0
        return found

    def _below(self, now: float) -> Iterator[Ejection]:
        judged = sorted(self._known - self.ejected.keys())
        requests = {place: self._good[place] + self._bad[place] for place in judged}
        least = max(self.rules.least_requests, 1)
        rates = {place: self._good[place] / count for place, count in requests.items() if count >= least}
        if len(rates) < max(self.rules.least_nodes, 1):
            return
        mean, bound = lowest_rate(list(rates.values()), self.rules.deviations)
        for place, rate in rates.items():
            if rate < bound:
                figures = {"rate": rate, "bound": bound, "mean": mean, "requests": requests[place]}
                if reason := self._eject(place, now, Code.SUCCESS_RATE, figures):
                    yield Ejection(place, reason)

    def _eject(self, place: int, now: float, code: Code, figures: dict[str, float]) -> Reason | None:
        """Ejects the node, if one more may be."""
        first = self.rules.at_least_one and not self.ejected
        if not first and (len(self.ejected) + 1) / len(self._known) > self.rules.most_ejected:
            return None
        if self._times[place] * self.rules.base_s < self.rules.longest_s + self.rules.base_s:
            self._times[place] += 1
        seconds = self._lasts(place)
        self.ejected[place] = now + seconds
        return Reason(code, {**figures, "seconds": seconds, "times": self._times[place]})

    def _lasts(self, place: int) -> float:
        return min(self._times[place] * self.rules.base_s, self.rules.longest_s)
