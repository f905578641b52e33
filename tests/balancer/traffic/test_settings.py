"""What the driver takes."""

from math import nan

import pytest

from balancer.core.bounds import HIGHEST_RATE, OutOfBounds
from balancer.traffic.settings import Settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0},
        {"rate": HIGHEST_RATE + 1},
        {"rate": nan},
        {"skew": -0.1},
        {"skew": 5.1},
        {"keys": 0},
        {"keys": 1_000_001},
        {"seed": -1},
        {"timeout_s": 0.01},
        {"timeout_s": 61},
        {"cap": 0},
        {"cap": 65_537},
        {"sample": 0},
    ],
)
def test_what_is_out_of_bounds_is_refused_by_name(wrong):
    with pytest.raises(OutOfBounds) as refused:
        Settings(**wrong)
    assert refused.value.what in wrong


def test_the_bounds_themselves_are_allowed():
    assert Settings(rate=1, skew=5, keys=1_000_000, timeout_s=0.05, cap=65_536, sample=1).rate == 1
    assert Settings(rate=HIGHEST_RATE, seed=2**32 - 1, timeout_s=60).rate == HIGHEST_RATE
