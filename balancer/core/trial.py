"""An A/B run: two policies take turns on the same stretches of a stream, in rounds. Computes the result. Pure.

In each round both policies get one stretch, the same requests at the same times, one after the other. They take turns
going first, so slow drift (a machine warming up, a busy neighbour) affects both equally.
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
    """The requested run. The traffic's policy is A; the policy here is B.

    A stretch lasts whole `seconds`, so a fault that repeats every second affects both equally. `options` holds all
    options of the policy.
    """

    policy: str
    options: dict[str, float]
    seconds: int
    rounds: int


class Figures(TypedDict):
    """One stretch under one policy. Latencies count from the intended time; null if nothing was answered.

    `sent` = `answered` + `refused` + `errors` + `in_flight`, which counts those unfinished when the wait for them was
    over. `late` requests were dropped because the driver itself was late, and `homeless` ones had no node to go to.
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
    """One stretch under both policies. `seed` is the stretch's seed, `first` the side that went first."""

    seed: int
    first: str
    a: Figures
    b: Figures


class Estimate(TypedDict):
    """A mean over rounds, ± `margin` with 95 % confidence. `margin` is None after one round."""

    mean: float
    margin: float | None


class Side(TypedDict):
    """A policy over all rounds: means of times, sums of counts. A time is null if no round has it."""

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
    """A node's fault in rounds `first` to `last`: its state, and the length of its short freezes in ms, else 0."""

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
    """The summary of rounds. There is a ratio only if both sides have a p99 in at least two rounds."""

    a: Side
    b: Side
    ratio: Ratio | None


def stretch_seed(seed: int, round_number: int) -> int:
    """The seed of a round's stretch, for its requests and the policies' draws. Rounds count from 1.

    Independent of those of other rounds and seeds; from 0 to 2^32 - 1.
    """
    return int(np.random.SeedSequence((seed, round_number)).generate_state(1)[0])


def order(round_number: int) -> tuple[str, str]:
    """The order of the sides: A B, B A, A B, ..."""
    return (A, B) if round_number % 2 else (B, A)


def summary(rounds: Sequence[Round]) -> Summary:
    """Summarises 1 to MOST_ROUNDS rounds. O(rounds)."""
    pairs = [
        (one["a"]["p99_ms"], one["b"]["p99_ms"])
        for one in rounds
        if one["a"]["p99_ms"] is not None and one["b"]["p99_ms"] is not None
    ]
    found = paired_ratio(pairs)
    ratio = None if found is None else Ratio(value=found.value, low=found.low, high=found.high)
    return Summary(a=_side([one["a"] for one in rounds]), b=_side([one["b"] for one in rounds]), ratio=ratio)


def lower(ratio: Ratio | None) -> str | None:
    """The side with the significantly lower p99. None if there is no clear difference."""
    if ratio is None:
        return None
    return B if ratio["low"] > 1 else A if ratio["high"] < 1 else None


def is_blurred(found: Summary) -> bool:
    """Whether the driver's own lag is at least half the difference, or half the lower p99 if there is no clear
    difference.

    If so, a slow machine could pass for a slow policy.
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
    """The estimate over the rounds that have a value."""
    known = [value for value in values if value is not None]
    return Estimate(mean=fmean(known), margin=half_width(known)) if known else None
