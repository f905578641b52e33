"""Outlier ejection: a node that fails in a row, or more often than the others, gets no requests for a while.

Envoy's outlier detection, its rules and its defaults:

- 5 failures in a row eject at once. Every 10 s, a success rate below mean - 1.9 standard deviations also ejects, if at
  least 5 nodes had 100 requests each in that interval.
- An ejection lasts 30 s times a multiple, at most 300 s. The multiple rises by one with each ejection and falls by one
  with each interval in use, so a node that soon fails again stays out longer.
- At most 10 % of the nodes are ejected, but one node always may be. Envoy made that optional (`always_eject_one_host`);
  here it is `at_least_one`, on by default. A node that may not be ejected starts counting again.

Envoy ends ejections at its interval; here the first tick after the time does. In Envoy a passed health check ends one
too. Here it does not: our checks are pings, and a node can answer pings while its requests fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from balancer.core.guards.standing import Code, Reason


@dataclass(frozen=True, slots=True)
class Outlying:
    """When a node is ejected and for how long. Times in seconds, shares from 0 to 1."""

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
    """The place of an ejected node, and the reason."""

    place: int
    reason: Reason


def lowest_rate(rates: list[float], deviations: float) -> tuple[float, float]:
    """(mean, bound): the mean success rate, and the bound below which a node is an outlier."""
    mean = sum(rates) / len(rates)
    spread = sqrt(sum((rate - mean) ** 2 for rate in rates) / len(rates))
    return mean, mean - deviations * spread


class Outliers:
    """Counts answers per place. O(1) per answer. A tick is O(ejected), and O(n) once an interval."""

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
        """Adds a node, or brings it back with a clean record. New places come in order."""
        if place == len(self._good):
            for each in (self._in_a_row, self._good, self._bad, self._times):
                each.append(0)
            self._back_at.append(0.0)
        else:
            for each in (self._in_a_row, self._good, self._bad, self._times):
                each[place] = 0
        self._known.add(place)

    def leave(self, place: int) -> None:
        """Forgets a node that has left, and its ejection."""
        self._known.discard(place)
        self.ejected.pop(place, None)

    def succeeded(self, place: int) -> None:
        """Records a successful request."""
        self._good[place] += 1
        self._in_a_row[place] = 0

    def failed(self, place: int, now: float) -> Reason | None:
        """Records a failed request. Returns the reason if this ejects the node."""
        self._bad[place] += 1
        self._in_a_row[place] += 1
        failures = self._in_a_row[place]
        if failures < self.rules.in_a_row or place in self.ejected or place not in self._known:
            return None
        self._in_a_row[place] = 0
        return self._eject(place, now, Code.FAILURES_IN_A_ROW, {"failures": failures})

    def returned(self, now: float) -> list[tuple[int, float]]:
        """Returns the nodes whose ejections are over, each with its length in seconds. Their counts start at zero."""
        over = [place for place, until in self.ejected.items() if now >= until]
        for place in over:
            del self.ejected[place]
            self._in_a_row[place] = 0
            self._back_at[place] = now
        return [(place, self._lasts(place)) for place in over]

    def swept(self, now: float) -> list[Ejection]:
        """Once per interval, ejects nodes for their success rate and returns them. A late sweep runs only once."""
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
        """Ejects the node if the limit allows one more."""
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
