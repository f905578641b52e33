"""A million balls into a million bins: the fullest holds 8 to 10 with one choice, 3 to 4 with two."""

import pytest

from balancer.core.draws import draws
from balancer.core.named import POLICIES
from tests.balancer.core.policies.invariants import pool_of

BINS = 1_000_000


@pytest.mark.no_cover
@pytest.mark.parametrize(("name", "maximum"), [("random", (8, 9, 10)), ("p2c", (3, 4)), ("p2c_distinct", (3, 4))])
def test_the_fullest_bin(name, maximum):
    pool = pool_of(*[1.0] * BINS)
    pick, in_flight = POLICIES[name](pool, draws(2)).pick, pool.in_flight
    for _ in range(BINS):
        in_flight[pick(0, 0.0)] += 1
    assert max(in_flight) in maximum
