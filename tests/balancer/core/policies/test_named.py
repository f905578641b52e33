"""Policies, looked up by name."""

import pytest

from balancer.core.draws import draws
from balancer.core.named import POLICIES, UnknownPolicy, policy
from balancer.core.pool import Member, Pool
from ringviz.core.errors import UnknownOption


def pool(*weights: float) -> Pool:
    return Pool(Member(f"cache-{place}", weight) for place, weight in enumerate(weights))


@pytest.mark.parametrize("name", POLICIES)
def test_every_name_gives_a_policy_that_picks(name):
    assert policy(name, pool(1, 1, 1), draws(1)).pick(7, 0.0) in range(3)


@pytest.mark.parametrize("name", POLICIES)
def test_the_only_ready_node_is_picked_by_every_policy(name):
    nodes = pool(1, 2, 3)
    nodes.ready = [1]
    one = policy(name, nodes, draws(1))
    assert [one.pick(key, float(key)) for key in range(20)] == [1] * 20
    assert one.why(7, 21.0).place == 1


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_outlives_a_moment_without_a_ready_node(name):
    nodes = pool(1, 1)
    one = policy(name, nodes, draws(1))
    nodes.ready = []
    one.changed()
    nodes.ready = [1]
    one.changed()
    assert one.pick(7, 0.0) == 1


def test_an_unknown_name_is_refused_with_those_that_there_are():
    with pytest.raises(UnknownPolicy, match="round_robin") as refused:
        policy("fastest", pool(1), draws(1))
    assert refused.value.known == tuple(POLICIES)


@pytest.mark.parametrize("name", POLICIES)
def test_an_option_that_a_policy_does_not_have_is_refused(name):
    with pytest.raises(UnknownOption):
        policy(name, pool(1), draws(1), {"wishes": 3})
