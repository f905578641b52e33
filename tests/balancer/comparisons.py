"""Possible results of an A/B run, for tests that show or store them."""

from __future__ import annotations

from typing import Any, cast

from balancer.core.state import FIRST, Comparison, Traffic
from balancer.core.trial import COUNTS, Fault, Figures, Round, Trial, order, stretch_seed, summary

TRIAL = Trial(policy="p2c", options={}, seconds=5, rounds=6)
TRAFFIC: Traffic = {**FIRST, "on": True, "trial": TRIAL}
FROZEN = Fault(node=2, name="cache-2", state="active", for_ms=300, every_ms=1000, first=1, last=6)


def figures(p99_ms: float | None, *, lag_ms: float | None = 0.4, **counts: int) -> Figures:
    """The figures of a hundred requests, all answered by default."""
    times = {name: p99_ms and round(p99_ms * part, 3) for name, part in _PARTS.items()}
    usual = {**dict.fromkeys(COUNTS, 0), "sent": 100, "answered": 100}
    return cast(Figures, {**times, "lag_p99_ms": lag_ms, **usual, **counts})


def rounds(*pairs: tuple[float | None, float | None], **given: Any) -> list[Round]:
    """A round for each pair of percentiles: A's and B's."""
    return [
        Round(seed=stretch_seed(42, number), first=order(number)[0], a=figures(a, **given), b=figures(b, **given))
        for number, (a, b) in enumerate(pairs, 1)
    ]


def comparison(*pairs: tuple[float | None, float | None], faults: tuple[Fault, ...] = (), **given: Any) -> Comparison:
    """A comparison of round robin and two choices."""
    found = rounds(*(pairs or USUAL), **given)
    return Comparison(traffic=TRAFFIC, rounds=found, summary=summary(found), faults=list(faults))


USUAL = ((250.0, 4.0), (255.0, 4.4), (251.0, 3.8), (249.0, 4.1), (256.0, 4.5), (247.0, 3.9))
_PARTS = {"mean_ms": 0.1, "p50_ms": 0.05, "p95_ms": 0.5, "p99_ms": 1.0}
