"""The summary of an A/B run's rounds: it shows a difference if there is one, and only then."""

from __future__ import annotations

import numpy as np
import pytest

from balancer.core.trial import A, B, Round, is_blurred, lower, order, stretch_seed, summary
from tests.balancer.comparisons import rounds

ROUNDS = 6


def measured(draw: np.random.Generator, slower: float) -> list[Round]:
    """Rounds of two policies, each the p99 of 500 requests. A is `slower` times as slow."""

    def p99(scale: float) -> float:
        return float(np.percentile(draw.exponential(scale, 500), 99))

    return rounds(*((p99(slower) * drift, p99(1.0) * drift) for drift in draw.lognormal(0, 0.5, ROUNDS)))


def test_a_against_a_shows_no_difference_in_most_seeds() -> None:
    seen = [lower(summary(measured(np.random.default_rng(seed), 1.0))["ratio"]) for seed in range(200)]
    assert 0.90 < seen.count(None) / len(seen) < 0.985  # 95 % in theory; 100 % would be just as wrong


@pytest.mark.parametrize("slower", [1.5, 4.0])
def test_a_policy_that_is_known_to_be_slower_is_found(slower: float) -> None:
    seen = [lower(summary(measured(np.random.default_rng(seed), slower))["ratio"]) for seed in range(100)]
    assert seen.count(B) >= 95
    assert A not in seen
    turned = [lower(summary(measured(np.random.default_rng(seed), 1 / slower))["ratio"]) for seed in range(100)]
    assert turned.count(A) >= 95


def test_times_are_means_over_rounds_and_counts_are_sums() -> None:
    found = summary(rounds((10.0, 1.0), (14.0, 1.0), sent=50, answered=40, refused=10))
    assert found["a"]["p99_ms"] == {"mean": 12.0, "margin": pytest.approx(12.706 * 2)}
    assert found["b"]["p99_ms"] == {"mean": 1.0, "margin": 0.0}
    assert (found["a"]["sent"], found["b"]["answered"], found["b"]["refused"]) == (100, 80, 20)


def test_one_round_has_figures_and_no_interval() -> None:
    found = summary(rounds((10.0, 1.0)))
    assert found["a"]["p99_ms"] == {"mean": 10.0, "margin": None}
    assert found["ratio"] is None
    assert lower(found["ratio"]) is None


def test_a_round_in_which_nothing_was_answered_is_left_out_of_the_ratio() -> None:
    found = summary(rounds((10.0, 1.0), (None, 1.0), (10.0, 1.0)))
    assert found["a"]["p99_ms"] == {"mean": 10.0, "margin": 0.0}
    assert found["ratio"] is not None
    assert tuple(found["ratio"].values()) == pytest.approx((10, 10, 10))
    assert summary(rounds((None, 1.0), (None, 1.0)))["a"]["p99_ms"] is None


def test_equal_rounds_are_no_difference() -> None:
    assert lower(summary(rounds((3.0, 3.0), (4.0, 4.0)))["ratio"]) is None


@pytest.mark.parametrize(
    ("pair", "lag_ms", "blurred"),
    [((20.0, 10.0), 1.0, False), ((20.0, 10.0), 5.0, True), ((10.0, 10.0), 4.0, False), ((10.0, 10.0), 6.0, True)],
)
def test_a_lag_as_large_as_what_is_measured_is_told(pair: tuple[float, float], lag_ms: float, blurred: bool) -> None:
    assert is_blurred(summary(rounds(pair, pair, lag_ms=lag_ms))) is blurred


def test_without_a_lag_or_an_answer_nothing_is_blurred() -> None:
    assert not is_blurred(summary(rounds((20.0, 10.0), lag_ms=None)))
    assert not is_blurred(summary(rounds((None, None), lag_ms=9.0)))


def test_who_begins_changes_from_round_to_round() -> None:
    assert [order(number) for number in range(1, 5)] == [(A, B), (B, A), (A, B), (B, A)]


def test_each_round_has_a_stretch_of_its_own_and_a_seed_has_the_same_ones_again() -> None:
    seeds = [stretch_seed(seed, number) for seed in (1, 2) for number in range(1, 31)]
    assert len(set(seeds)) == 60
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert seeds[:3] == [stretch_seed(1, number) for number in (1, 2, 3)]
