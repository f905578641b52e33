"""Turns: round robin, and ties among the least busy."""

import pytest

from balancer.core.draws import draws
from balancer.core.named import policy
from balancer.core.policies.lowest import lowest_in_turn
from balancer.core.policy import Policy
from balancer.core.pool import Member, Pool


def started(name: str, count: int) -> tuple[Policy, Pool]:
    nodes = Pool(Member(f"cache-{place}") for place in range(count))
    return policy(name, nodes, draws(1)), nodes


def picks(one: Policy, count: int) -> list[int]:
    return [one.pick(0, 0.0) for _ in range(count)]


@pytest.mark.parametrize("name", ["round_robin", "jsq"])
def test_equal_nodes_take_turns(name):
    one, _ = started(name, 3)
    assert picks(one, 7) == [0, 1, 2, 0, 1, 2, 0]


@pytest.mark.parametrize("name", ["round_robin", "jsq"])
def test_the_turn_goes_on_after_a_node_left_and_came_back(name):
    one, nodes = started(name, 4)
    assert picks(one, 2) == [0, 1]
    nodes.ready = [0, 1, 3]
    one.changed()
    assert picks(one, 2) == [3, 0]
    nodes.ready = [0, 1, 2, 3]
    one.changed()
    assert picks(one, 3) == [1, 2, 3]


@pytest.mark.parametrize("name", ["round_robin", "jsq"])
def test_a_node_that_joins_gets_its_turn_at_the_end(name):
    one, nodes = started(name, 2)
    assert picks(one, 2) == [0, 1]
    nodes.add(Member("cache-2"))
    one.changed()
    assert picks(one, 4) == [2, 0, 1, 2]


def test_the_shortest_queue_is_joined_and_ties_take_turns():
    one, nodes = started("jsq", 4)
    nodes.in_flight[:] = [2, 1, 5, 1]
    assert picks(one, 4) == [1, 3, 1, 3]
    nodes.ready = [0, 2]
    one.changed()
    assert picks(one, 2) == [0, 0]
    chosen = one.why(0, 0.0)
    assert (chosen.place, chosen.scores) == (0, {0: 2, 2: 5})


def test_a_central_queue_sends_to_the_node_that_is_free_first():
    one, nodes = started("central", 3)
    nodes.free_at[:] = [4.0, 2.5, 3.0]
    assert picks(one, 1) == [1]
    nodes.free_at[1] = 9.0
    assert picks(one, 1) == [2]


@pytest.mark.parametrize(("last", "expected"), [(-1, 1), (0, 1), (1, 3), (2, 3), (3, 1)])
def test_of_several_lowest_the_next_after_the_last_is_taken(last, expected):
    assert lowest_in_turn([3, 1, 2, 1], last) == expected
    assert lowest_in_turn([3, 1, 2, 1], last, floor=1) == expected
    assert lowest_in_turn([3, 1, 2, 1], last, floor=0) == expected
