"""Adjusts weights to the load that the nodes report, if that is enabled."""

from __future__ import annotations

from collections import deque
from typing import Final

from balancer.core.weighing import Weigher, Weighing
from balancer.traffic.load import Reading, report, restarted
from balancer.traffic.nodes import Nodes
from balancer.traffic.tally import ERRORS, Tally

SPAN: Final = 6  # looks kept per node: load is averaged over 5 s, because one second of a nearly idle node is noise


class Leaning:
    """Always collects reports, so that weights are ready when they are enabled."""

    def __init__(self, nodes: Nodes, tally: Tally, rules: Weighing) -> None:
        self._nodes, self._tally = nodes, tally
        self._weigher: Final = Weigher(rules)
        self._looks: dict[str, deque[tuple[Reading, int]]] = {}  # with the number of failed requests by then
        self._due = 0.0
        self._wanted = False

    def tick(self, now: float, *, wanted: bool) -> None:
        """Call it a few times a second."""
        if now < self._due and wanted is self._wanted:
            return
        self._due = now + self._weigher.rules.every_s
        for place, name in enumerate(self._nodes.pool.names):
            self._report(place, name, now)
        if wanted or self._wanted:
            self._nodes.guards.lean(now, self._factors(now) if wanted else dict.fromkeys(self._places, 1.0))
        self._wanted = wanted

    @property
    def _places(self) -> range:
        return range(len(self._nodes))

    def _factors(self, now: float) -> dict[int, float]:
        """Reports by place, only of nodes that get requests now."""
        names = self._nodes.pool.names
        found = self._weigher.factors((names[place] for place in self._nodes.pool.ready), now)
        return {place: found.get(names[place], 1.0) for place in self._places}

    def _report(self, place: int, name: str, now: float) -> None:
        """The report from a node's newest reading, if there is one."""
        probe = self._nodes.probes.get(name)
        newest = probe.newest if probe else None
        looks = self._looks.setdefault(name, deque(maxlen=SPAN))
        if newest is None or (looks and looks[-1][0] is newest):
            return
        if looks and restarted(looks[-1][0], newest):
            looks.clear()
            self._weigher.forget(name)
        failed = sum(self._tally.counts[count][place] for count in ERRORS)
        looks.append((newest, failed))
        if len(looks) > 1:
            oldest, failed_then = looks[0]
            self._weigher.report(name, now, report(oldest, newest, failed - failed_then))
