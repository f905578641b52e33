from __future__ import annotations

import math

import pytest

from ringviz.core.statistics import peak_to_fair, spread, theory_spread


def test_peak_is_a_multiple_of_the_fair_share() -> None:
    assert peak_to_fair([1, 2, 3]) == 1.5
    assert peak_to_fair([5, 5]) == 1.0


def test_a_fair_share_follows_the_weight() -> None:
    assert peak_to_fair([100, 200], weights=[1, 2]) == pytest.approx(1.0)
    assert peak_to_fair([200, 100], weights=[1, 2]) == pytest.approx(2.0)
    assert peak_to_fair([10, 0, 10], weights=[1, 0, 1]) == pytest.approx(1.0)


@pytest.mark.parametrize("values", [[], [0, 0]])
def test_nothing_to_share_has_no_peak_and_no_spread(values: list[float]) -> None:
    assert peak_to_fair(values) == spread(values) == 0.0
    assert peak_to_fair(values, weights=[0.0] * len(values)) == 0.0


def test_spread_is_the_deviation_of_all_over_the_mean() -> None:
    assert spread([1, 3]) == 0.5
    assert spread([4, 4, 4]) == 0.0


def test_theory() -> None:
    assert theory_spread(5, 16) == math.sqrt((80 - 16) / (16 * 81))
    assert theory_spread(1, 100) == 0.0
    for wrong in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="at least one"):
            theory_spread(*wrong)
