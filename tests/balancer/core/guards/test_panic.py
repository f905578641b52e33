"""Panic: which nodes are used when too few are healthy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancer.core.guards.panic import PANIC_THRESHOLD, Resort, resort


def test_the_threshold_is_envoys():
    assert PANIC_THRESHOLD == 0.5


@pytest.mark.parametrize(
    ("healthy", "known", "expected"),
    [(5, 10, Resort.NONE), (4, 10, Resort.ALL), (2, 5, Resort.ALL), (3, 5, Resort.NONE), (0, 1, Resort.ALL)],
)
def test_all_are_used_when_fewer_than_half_are_healthy(healthy, known, expected):
    assert resort(healthy, 0, known) is expected


def test_nobody_known_is_no_panic():
    assert resort(0, 0, 0) is Resort.NONE


def test_the_ejected_are_used_before_nobody_is():
    assert resort(0, 1, 4, threshold=0.0) is Resort.EJECTED
    assert resort(1, 1, 4, threshold=0.0) is Resort.NONE
    assert resort(0, 0, 4, threshold=0.0) is Resort.NONE


@given(st.integers(1, 50), st.floats(0.01, 1))
def test_with_a_threshold_somebody_is_used_even_when_nobody_is_healthy(known, threshold):
    assert resort(0, 0, known, threshold) is Resort.ALL
