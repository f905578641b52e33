"""Invariants of all policies that look at the same thing, and proof that they catch a wrong policy."""

import pytest

from balancer.core.named import POLICIES
from balancer.core.policies.least_connections import LeastConnections
from balancer.core.policies.p2c import TwoChoices
from balancer.core.policies.ring import Ring
from balancer.core.policy import Policy, Sight
from tests.balancer.core.policies.invariants import a_busy_node_is_avoided, a_key_has_one_node, shares_follow_weights


def seeing(sight: Sight) -> list[type[Policy]]:
    return [kind for kind in POLICIES.values() if sight in kind.sight]


@pytest.mark.parametrize("weights", [(1, 2, 5), (0.5, 0.25, 1.75, 0.5), (1, 1, 1)])
@pytest.mark.parametrize("kind", seeing(Sight.WEIGHTS))
def test_shares_follow_the_weights(kind, weights):
    shares_follow_weights(kind, weights)


@pytest.mark.parametrize("kind", seeing(Sight.IN_FLIGHT))
def test_a_busy_node_is_avoided(kind):
    a_busy_node_is_avoided(kind)


@pytest.mark.parametrize("kind", seeing(Sight.KEY))
def test_a_key_has_one_node(kind):
    a_key_has_one_node(kind)


class Weightless(LeastConnections):
    """Least connections, but ignores weights."""

    def scores(self, now):
        return self.of_ready(self.pool.in_flight)


class Blind(TwoChoices):
    """Two choices, but does not compare them."""

    def pick(self, key, now):
        return self.pool.ready[int(self.draw() * len(self.pool.ready))]


class Forgetful(Ring):
    """A ring that starts at a random place."""

    def pick(self, key, now):
        return super().pick(int(self.draw() * 2**32), now)


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        (lambda kind: shares_follow_weights(kind, (1, 2, 5)), Weightless),
        (a_busy_node_is_avoided, Blind),
        (a_key_has_one_node, Forgetful),
    ],
)
def test_a_wrong_policy_is_caught(check, kind):
    with pytest.raises(AssertionError):
        check(kind)
    check(kind.__base__)
