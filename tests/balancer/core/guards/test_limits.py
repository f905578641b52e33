"""Circuit limits: every refusal has a reason."""

from balancer.core.guards.limits import Limits
from balancer.core.guards.standing import Code, Reason


def test_the_defaults_are_envoys():
    assert Limits() == Limits(requests=1024, of_node=None)


def test_the_request_over_the_limit_is_refused_with_the_figures():
    assert Limits().refusal(1023) is None
    assert Limits().refusal(1024) == Reason(Code.TOO_MANY_REQUESTS, {"in_flight": 1024, "limit": 1024})


def test_a_node_has_a_limit_of_its_own():
    assert Limits(of_node=2).refusal_of_node(1) is None
    assert Limits(of_node=2).refusal_of_node(2) == Reason(Code.NODE_FULL, {"in_flight": 2, "limit": 2})


def test_without_a_limit_nothing_is_refused():
    limits = Limits(requests=None)
    assert limits.refusal(10**9) is None
    assert limits.refusal_of_node(10**9) is None
