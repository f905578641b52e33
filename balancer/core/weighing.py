"""Weights that follow load: a node that does much with little work gets more. Pure; `now` is passed in.

gRPC's `weighted_round_robin` (gRFC A58, "Client side weighted round robin"): a node's weight is

    qps / (utilization + eps / qps * error_utilization_penalty)

of what it reports each second. The utilization is the application's own figure where it has one. A report without
requests or utilization says nothing. A node's weight is not used in the first 10 s of its reports (`blackout`), nor
once its last report is 3 min old; such a node has the mean of the others. Where fewer than two have a weight, all have
the same. As in gRPC's schedulers, no weight is below a tenth or above ten times the mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Final, NamedTuple

LEAST_FACTOR, MOST_FACTOR = 0.1, 10.0
_FEWEST: Final = 2  # nodes with a weight of their own


class Report(NamedTuple):
    """A node's requests and errors a second, and its utilization from 0 on (1: no more can be done)."""

    qps: float
    eps: float
    utilization: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """The parameters, with A58's defaults. Times are in seconds."""

    blackout_s: float = 10.0
    expiry_s: float = 180.0
    every_s: float = 1.0
    penalty: float = 1.0

    def weight(self, report: Report) -> float:
        """A58's formula; 0 where the report says nothing."""
        if report.qps <= 0 or report.utilization <= 0:
            return 0.0
        return report.qps / (report.utilization + report.eps / report.qps * self.penalty)


class _Weight(NamedTuple):
    since: float  # of the first report
    last: float
    weight: float


class Weigher:
    """The reports of nodes, by name. O(1) a report, O(nodes) to ask for the factors."""

    def __init__(self, rules: Weighing) -> None:
        self.rules = rules
        self._weights: dict[str, _Weight] = {}

    def report(self, name: str, now: float, report: Report) -> None:
        """A node has told its load."""
        if weight := self.rules.weight(report):
            before = self._weights.get(name)
            since = now if before is None or self._is_over(before, now) else before.since
            self._weights[name] = _Weight(since, now, weight)

    def forget(self, name: str) -> None:
        """A node has gone, or is another: its next report is its first."""
        self._weights.pop(name, None)

    def factors(self, names: Iterable[str], now: float) -> dict[str, float]:
        """By how much the weight of each node is to be multiplied: its own relative to the mean, within the bounds."""
        names = list(names)
        known = {name: weight for name in names if (weight := self._weight(name, now))}
        if len(known) < _FEWEST:
            return dict.fromkeys(names, 1.0)
        mean = fmean(known.values())
        return {name: min(max(known.get(name, mean) / mean, LEAST_FACTOR), MOST_FACTOR) for name in names}

    def _weight(self, name: str, now: float) -> float:
        """0: it is not used."""
        kept = self._weights.get(name)
        if kept is None or self._is_over(kept, now) or now - kept.since < self.rules.blackout_s:
            return 0.0
        return kept.weight

    def _is_over(self, kept: _Weight, now: float) -> bool:
        return now - kept.last >= self.rules.expiry_s
