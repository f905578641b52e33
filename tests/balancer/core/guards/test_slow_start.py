"""Slow start: Envoy's formula, in steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancer.core.guards.slow_start import STEPS, SlowStart


@pytest.mark.parametrize(("elapsed", "share"), [(0, 0.1), (1, 0.1), (3, 0.1), (15, 0.5), (21, 0.7), (30, 1), (99, 1)])
def test_the_weight_grows_in_a_straight_line_from_a_tenth(elapsed, share):
    assert SlowStart().share(elapsed) == pytest.approx(share)


@pytest.mark.parametrize(("aggression", "half"), [(0.5, 0.25), (1.0, 0.5), (2.0, 0.7)])
def test_the_aggression_bends_the_line(aggression, half):
    assert SlowStart(aggression=aggression).share(15.0) == pytest.approx(half)


def test_without_a_window_the_share_is_whole_at_once():
    assert SlowStart(window_s=0.0).share(0.0) == 1.0


def test_the_defaults_are_envoys_and_the_window_of_nginxs_example():
    assert SlowStart() == SlowStart(window_s=30.0, aggression=1.0, least=0.1)


@given(st.floats(-1, 100), st.floats(0.2, 5), st.floats(0.01, 1))
def test_a_share_stays_within_a_step_of_the_formula(elapsed, aggression, least):
    share = SlowStart(aggression=aggression, least=least).share(elapsed)
    exact = min(max(least, (max(elapsed, 0) / 30) ** (1 / aggression)), 1.0)
    assert 0 < share <= exact
    assert exact - share <= 1 / STEPS + 1e-9


@given(st.lists(st.floats(0, 40), min_size=2))
def test_a_share_never_falls(times):
    shares = [SlowStart().share(time) for time in sorted(times)]
    assert shares == sorted(shares)
