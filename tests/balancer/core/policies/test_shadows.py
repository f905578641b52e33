"""What other policies would have picked; for the active policy, this is what it did pick."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancer.core.draws import draws
from balancer.core.named import POLICIES, foreseen_by, policy
from balancer.core.policy import Choice, Foresight
from balancer.core.pool import Member, Pool
from balancer.core.shadows import Shadow, Turns, foreseen

KEYS = st.integers(0, 2**32 - 1)
NODES = st.lists(st.tuples(st.sampled_from([0.5, 1.0, 1.0, 2.0]), st.integers(0, 40)), min_size=1, max_size=5)


def pool_of(nodes: list[tuple[float, int]]) -> Pool:
    pool = Pool(Member(f"cache-{place}", weight) for place, (weight, _) in enumerate(nodes))
    pool.in_flight[:] = [in_flight for _, in_flight in nodes]
    return pool


def shadow_of(name: str, pool: Pool, key: int) -> Shadow:
    """The shadow computed from the ready nodes alone, with places converted to those of the pool."""
    members = [Member(pool.names[place], pool.weights[place]) for place in pool.ready]
    found = foreseen(members, [pool.in_flight[place] for place in pool.ready], key)
    (one,) = [shadow for shadow in found if shadow.policy == name]
    return Shadow(name, pool.ready[one.place], tuple(pool.ready[place] for place in one.ties))


@pytest.mark.parametrize("name", foreseen_by(Foresight.POOL))
@settings(max_examples=60, deadline=None)
@given(nodes=NODES, keys=st.lists(KEYS, min_size=1, max_size=8), out=st.integers(0, 4))
def test_the_shadow_of_the_policy_in_force_is_its_choice(name, nodes, keys, out):
    pool = pool_of(nodes)
    if len(nodes) > 1:
        pool.ready.remove(out % len(nodes))
    real = policy(name, pool, draws(1))
    for key in keys:
        shadow, choice = shadow_of(name, pool, key), real.why(key, 0.0)
        assert {shadow.place, *shadow.ties} == {choice.place, *choice.ties}
        if not choice.ties:
            assert shadow.place == choice.place
        pool.in_flight[choice.place] += 1


@pytest.mark.parametrize("name", foreseen_by(Foresight.COUNT))
@given(count=st.integers(1, 6), gaps=st.lists(st.integers(0, 30), min_size=1, max_size=10))
def test_the_turn_is_that_of_a_policy_that_picked_for_every_request(name, count, gaps):
    pool = pool_of([(1.0, 0)] * count)
    real, turns, number = policy(name, pool, draws(1)), Turns(pool), 0
    for gap in gaps:
        for _ in range(gap):
            real.pick(0, 0.0)
        number += gap
        assert turns.at(number) == (Shadow(name, real.pick(0, 0.0)),)
        number += 1


@pytest.mark.parametrize("name", foreseen_by(Foresight.COUNT))
def test_a_node_that_is_not_ready_any_more_has_no_turn(name):
    pool = pool_of([(1.0, 0)] * 3)
    turns = Turns(pool)
    turns.at(0)
    pool.ready = [0, 2]
    assert {turns.at(number)[0].place for number in range(1, 20)} == {0, 2}


def test_of_equal_nodes_the_first_is_named_and_the_others_are_told_as_ties():
    members = [Member(name) for name in "abcd"]
    for _ in range(3):
        found = {shadow.policy: shadow for shadow in foreseen(members, [2, 1, 5, 1], 7)}
        assert found["jsq"] == Shadow("jsq", 1, (3,))
        assert found["least_connections"] == Shadow("least_connections", 1, (3,))


def test_a_policy_that_cannot_hold_these_weights_is_left_out():
    found = {shadow.policy for shadow in foreseen([Member("a", 5_000.0), Member("b")], [0, 0], 7)}
    assert "ring" not in found
    assert "jsq" in found


def test_nobody_says_what_cannot_be_told():
    told = {*foreseen_by(Foresight.POOL), *foreseen_by(Foresight.COUNT)}
    assert told == {"round_robin", "least_connections", "jsq", "ring", "bounded_ring"}
    assert told | {*foreseen_by(Foresight.TABLE), *foreseen_by(Foresight.PAST)} == set(POLICIES)


def test_ties_are_those_that_scored_as_the_winner():
    assert Choice(2, {0: 1.0, 2: 0.5, 3: 0.5, 5: 0.5}).ties == (3, 5)
    assert Choice(2, {2: 0.5}).ties == ()
    assert Choice(2).ties == (), "nothing was compared"
