"""Weights that follow load: a node that serves more with less effort gets more. Pure: `now` is passed in.

gRPC's `weighted_round_robin` (gRFC A58, "Client side weighted round robin"): a node's weight is

    qps / (utilization + eps / qps * error_utilization_penalty)

from its report each second. Utilization is the application's own figure, if it has one. A report without requests or
utilization is ignored. A node's weight is not used in the first 10 s of its reports (`blackout`), nor when its last
report is over 3 min old; such a node gets the mean of the others. If fewer than two nodes have a weight, all get the
same. As in gRPC's schedulers, weights stay between a tenth of and ten times the mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Final, NamedTuple

LEAST_FACTOR, MOST_FACTOR = 0.1, 10.0
_FEWEST: Final = 2  # nodes with a usable weight


class Report(NamedTuple):
    """A node's requests and errors a second, and its utilization, 0 or more (1: at capacity)."""

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
        """A58's formula. 0 if the report is unusable."""
        if report.qps <= 0 or report.utilization <= 0:
            return 0.0
        return report.qps / (report.utilization + report.eps / report.qps * self.penalty)


class _Weight(NamedTuple):
    since: float  # time of the first report
    last: float
    weight: float


class Weigher:
    """The reports of nodes, by name. O(1) per report, O(nodes) to compute the factors."""

    def __init__(self, rules: Weighing) -> None:
        self.rules = rules
        self._weights: dict[str, _Weight] = {}

    def report(self, name: str, now: float, report: Report) -> None:
        """Records a node's report."""
        if weight := self.rules.weight(report):
            before = self._weights.get(name)
            since = now if before is None or self._is_over(before, now) else before.since
            self._weights[name] = _Weight(since, now, weight)

    def forget(self, name: str) -> None:
        """Forgets a node that left or was replaced. Its next report counts as its first."""
        self._weights.pop(name, None)

    def factors(self, names: Iterable[str], now: float) -> dict[str, float]:
        """The factor for each node's weight: its weight relative to the mean, within the bounds."""
        names = list(names)
        known = {name: weight for name in names if (weight := self._weight(name, now))}
        if len(known) < _FEWEST:
            return dict.fromkeys(names, 1.0)
        mean = fmean(known.values())
        return {name: min(max(known.get(name, mean) / mean, LEAST_FACTOR), MOST_FACTOR) for name in names}

    def _weight(self, name: str, now: float) -> float:
        """The node's weight, or 0 if it is not usable."""
        kept = self._weights.get(name)
        if kept is None or self._is_over(kept, now) or now - kept.since < self.rules.blackout_s:
            return 0.0
        return kept.weight

    def _is_over(self, kept: _Weight, now: float) -> bool:
        return now - kept.last >= self.rules.expiry_s
