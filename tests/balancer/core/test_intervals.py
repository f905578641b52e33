"""Student's t, and what it says about a few measurements."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from balancer.core.intervals import MOST_VALUES, T_95, half_width, paired_ratio


@pytest.mark.parametrize("freedom", range(1, len(T_95) + 1))
def test_95_of_100_values_lie_within_each_quantile(freedom: int) -> None:
    at = np.linspace(0, T_95[freedom - 1], 200_001)
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    density = scale * (1 + at**2 / freedom) ** (-(freedom + 1) / 2)
    assert 2 * float(np.trapezoid(density, at)) == pytest.approx(0.95, abs=1.5e-5 + 5e-4 * float(density[-1]) * 2)


def test_the_half_width_of_known_values() -> None:
    assert half_width([10.0, 12.0, 14.0]) == pytest.approx(4.303 * 2 / math.sqrt(3))
    assert half_width([5.0, 5.0]) == 0


def test_one_value_has_no_interval() -> None:
    assert half_width([3.0]) is None
    assert paired_ratio([(3.0, 1.0)]) is None


@pytest.mark.parametrize("count", [2, 6, MOST_VALUES])
def test_the_interval_holds_the_true_mean_in_about_95_of_100_runs(count: int) -> None:
    draw = random.Random(count)
    held = 0
    for _run in range(2_000):
        values = [draw.gauss(7, 2) for _ in range(count)]
        held += abs(sum(values) / count - 7) <= (half_width(values) or 0)
    assert 0.93 < held / 2_000 < 0.97


def test_a_ratio_is_turned_over_with_its_pairs() -> None:
    pairs = [(8.0, 2.0), (9.0, 2.0), (10.0, 3.0), (7.0, 2.5)]
    one, other = paired_ratio(pairs), paired_ratio([(b, a) for a, b in pairs])
    assert one is not None
    assert other is not None
    assert (one.value, one.low, one.high) == pytest.approx((1 / other.value, 1 / other.high, 1 / other.low))
    assert one.low < one.value < one.high


def test_what_disturbs_both_of_a_pair_alike_cancels() -> None:
    found = paired_ratio([(30.0 * noise, 10.0 * noise) for noise in (1.0, 20.0, 0.3)])
    assert found is not None
    assert tuple(found) == pytest.approx((3.0, 3.0, 3.0))
