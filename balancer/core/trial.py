"""An A/B run: two policies in turn on the same stretches of a stream, round by round, and what can be said of it. Pure.

In each round both get one stretch, the same requests at the same times, one after the other. Who begins changes from
round to round, so that what drifts slowly (a machine that warms up, a neighbour at work) burdens both alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any, Final, TypedDict

import numpy as np

from balancer.core.intervals import half_width, paired_ratio

A: Final = "a"
B: Final = "b"
SIDES: Final = (A, B)
TIMES: Final = ("mean_ms", "p50_ms", "p95_ms", "p99_ms", "lag_p99_ms")
COUNTS: Final = ("sent", "answered", "refused", "errors", "in_flight", "late", "homeless")


class Trial(TypedDict):
    """What is asked for: the policy that alternates with that of the traffic, which is A; this one is B.

    A stretch lasts whole `seconds`, so that what comes and goes every second meets both alike. `options` are all those
    of the policy.
    """

    policy: str
    options: dict[str, float]
    seconds: int
    rounds: int


class Figures(TypedDict):
    """One stretch under one policy. Latencies count from the intended time, null where nothing was answered.

    `sent` = `answered` + `refused` + `errors` + `in_flight`, which are those that had not ended when the wait for them
    was over. `late` were given up because the driver itself was late, and `homeless` had no node to go to.
    """

    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    lag_p99_ms: float | None
    sent: int
    answered: int
    refused: int
    errors: int
    in_flight: int
    late: int
    homeless: int


class Round(TypedDict):
    """One stretch under both policies. `seed` is that of the stretch, `first` the side that began."""

    seed: int
    first: str
    a: Figures
    b: Figures


class Estimate(TypedDict):
    """A mean over rounds, ± `margin` with 95 % confidence; None after one round."""

    mean: float
    margin: float | None


class Side(TypedDict):
    """A policy over all rounds: means of the times, sums of the counts. A time is null where no round has it."""

    mean_ms: Estimate | None
    p50_ms: Estimate | None
    p95_ms: Estimate | None
    p99_ms: Estimate | None
    lag_p99_ms: Estimate | None
    sent: int
    answered: int
    refused: int
    errors: int
    in_flight: int
    late: int
    homeless: int


class Fault(TypedDict):
    """What was wrong with a node in rounds `first` to `last`: its state, and its short freezes in ms, else 0."""

    node: int
    name: str
    state: str
    for_ms: int
    every_ms: int
    first: int
    last: int


class Ratio(TypedDict):
    """The p99 of A over that of B: `low` to `high` with 95 % confidence."""

    value: float
    low: float
    high: float


class Summary(TypedDict):
    """What rounds add up to. Without two rounds in which both have a p99 there is no ratio."""

    a: Side
    b: Side
    ratio: Ratio | None


def stretch_seed(seed: int, round_number: int) -> int:
    """The seed of a round's stretch: requests, and the draws of the policies. Rounds count from 1.

    Independent of those of other rounds and seeds; from 0 to 2^32 - 1.
    """
    return int(np.random.SeedSequence((seed, round_number)).generate_state(1)[0])


def order(round_number: int) -> tuple[str, str]:
    """Who begins, and who follows: A B, B A, A B, ..."""
    return (A, B) if round_number % 2 else (B, A)


def summary(rounds: Sequence[Round]) -> Summary:
    """What they add up to; at least one, and at most MOST_ROUNDS. O(rounds)."""
    pairs = [
        (one["a"]["p99_ms"], one["b"]["p99_ms"])
        for one in rounds
        if one["a"]["p99_ms"] is not None and one["b"]["p99_ms"] is not None
    ]
    found = paired_ratio(pairs)
    ratio = None if found is None else Ratio(value=found.value, low=found.low, high=found.high)
    return Summary(a=_side([one["a"] for one in rounds]), b=_side([one["b"] for one in rounds]), ratio=ratio)


def lower(ratio: Ratio | None) -> str | None:
    """The side whose p99 is lower, beyond doubt; None where no difference can be seen."""
    if ratio is None:
        return None
    return B if ratio["low"] > 1 else A if ratio["high"] < 1 else None


def is_blurred(found: Summary) -> bool:
    """Whether the driver's own lag is half as large as the difference, or as the lower p99 where there is none.

    A slow machine may then be taken for a slow policy.
    """
    a, b = found["a"], found["b"]
    lags = [side["lag_p99_ms"]["mean"] for side in (a, b) if side["lag_p99_ms"] is not None]
    if a["p99_ms"] is None or b["p99_ms"] is None or not lags:
        return False
    one, other = a["p99_ms"]["mean"], b["p99_ms"]["mean"]
    return max(lags) >= (abs(one - other) if lower(found["ratio"]) else min(one, other)) / 2


def _side(figures: Sequence[Figures]) -> Side:
    times = {name: _estimate([one[name] for one in figures]) for name in TIMES}
    counts = {name: sum(one[name] for one in figures) for name in COUNTS}
    side: Any = {**times, **counts}
    return side  # type: ignore[no-any-return]


def _estimate(values: Sequence[float | None]) -> Estimate | None:
    """Of the rounds that have a value."""
    known = [value for value in values if value is not None]
    return Estimate(mean=fmean(known), margin=half_width(known)) if known else None
