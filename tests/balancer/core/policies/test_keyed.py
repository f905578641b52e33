"""Policies by key: ring, Maglev, the ring with bounded loads, sticky."""

from bisect import bisect_left
from math import ceil
from unittest.mock import Mock

import numpy as np
import pytest

from balancer.core.draws import draws
from balancer.core.named import POLICIES
from balancer.core.policies.bounded_ring import BoundedRing
from balancer.core.policies.maglev import MaglevTable
from balancer.core.policies.ring import Ring
from balancer.core.policies.sticky import Sticky
from balancer.core.policy import Policy
from balancer.core.pool import Member
from ringviz.core.bounded import caps
from ringviz.core.maglev import Maglev
from ringviz.core.placement import PlacedNode
from ringviz.core.ring import HashRing
from tests.balancer.core.policies.invariants import pool_of

WEIGHTS = (1.0, 2.0, 0.5, 1.5)
KEYS = np.random.default_rng(17).integers(0, 2**32, 500, np.uint32)
NODES = [PlacedNode(f"cache-{place}", weight) for place, weight in enumerate(WEIGHTS)]


def owners(one: Policy) -> list[int]:
    return [one.pick(int(key), 0.0) for key in KEYS]


@pytest.mark.parametrize(("name", "strategy"), [("ring", HashRing), ("maglev", Maglev), ("bounded_ring", HashRing)])
def test_without_load_a_key_goes_to_its_owner_of_the_core(name, strategy):
    one = POLICIES[name](pool_of(*WEIGHTS), draws(1))
    assert owners(one) == strategy(NODES).owners(KEYS).tolist()


def test_the_ring_walks_past_nodes_that_are_not_ready_and_says_so():
    pool = pool_of(*WEIGHTS)
    one = Ring(pool, draws(1))
    pool.ready = [0, 2]
    one.changed()
    lists = HashRing(NODES).preferences(KEYS, 4).tolist()
    for key, walked in zip(KEYS.tolist(), lists, strict=True):
        choice = one.why(key, 0.0)
        assert choice.place == next(place for place in walked if place in pool.ready)
        assert choice.considered == tuple(walked[: walked.index(choice.place) + 1])


@pytest.mark.parametrize("kind", [Ring, MaglevTable])
def test_a_node_that_left_and_came_back_has_its_keys_again(kind):
    pool = pool_of(*WEIGHTS)
    one = kind(pool, draws(1))
    before = owners(one)
    pool.ready = [0, 1, 2]
    one.changed()
    assert 3 not in owners(one)
    again = pool.add(Member("cache-3", 1.5))
    one.changed()
    assert owners(one) == [again if place == 3 else place for place in before]
    pool.ready = [0, 1, 2, 3]
    one.changed()
    assert owners(one) == before


def test_a_ring_of_fewer_virtual_nodes_is_another_ring():
    assert owners(Ring(pool_of(*WEIGHTS), draws(1), {"vnodes": 16})) != owners(Ring(pool_of(*WEIGHTS), draws(1)))


def test_the_table_is_filled_anew_only_when_the_ready_nodes_or_their_weights_change(monkeypatch):
    filled = Mock(wraps=Maglev)
    monkeypatch.setattr("balancer.core.policies.maglev.Maglev", filled)
    pool = pool_of(1, 1)
    one = MaglevTable(pool, draws(1), {"table_size": 101})
    one.changed()
    assert filled.call_count == 1
    pool.weights[0] = 0.5
    one.changed()
    assert filled.call_count == 2


@pytest.mark.parametrize("weights", [(1.0,) * 100, tuple(0.5 + place % 4 for place in range(100))])
def test_no_node_is_given_more_in_flight_than_its_cap(weights):
    """A hundred nodes, keys by Zipf's law with exponent 1.1, answers in any order; checked after every request."""
    chance = np.random.default_rng(5)
    hashes = chance.integers(0, 2**32, 10_000, np.uint32).tolist()
    chances = np.arange(1, 10_001) ** -1.1
    keys = chance.choice(hashes, 6_000, p=chances / chances.sum()).tolist()
    pool = pool_of(*weights)
    one = BoundedRing(pool, draws(1))
    sent: list[int] = []
    full = 0
    for number, key in enumerate(keys):
        place = one.pick(key, 0.0)
        full += place != one.owners[bisect_left(one.tokens, key)]
        pool.in_flight[place] += 1
        sent.append(place)
        assert pool.in_flight[place] <= ceil(1.25 * len(sent) * weights[place] / sum(weights))
        if number % 500 == 0:
            assert one.caps() == dict(enumerate(caps(weights, len(sent) + 1, 1.25)))
        if number % 3 == 2:
            pool.in_flight[sent.pop(int(chance.integers(len(sent))))] -= 1
    assert full > 1_000  # the bound was reached, not only respected


def test_a_key_passes_nodes_that_are_full_or_not_ready():
    pool = pool_of(1, 1, 1, 1)
    one = BoundedRing(pool, draws(1))
    key = int(KEYS[0])
    order = HashRing([PlacedNode(name) for name in pool.names]).preference_of_hash(key, 4)
    pool.ready = sorted(set(range(4)) - {order[0]})
    one.changed()
    pool.in_flight[order[1]] = 5
    assert one.caps()[order[1]] == ceil(1.25 * 6 / 3)
    choice = one.why(key, 0.0)
    assert (choice.place, choice.considered) == (order[2], order[:3])
    assert choice.scores == {order[1]: 5 / 3, order[2]: 0}


def test_a_cap_is_exact_where_floats_are_not():
    pool = pool_of(*[1] * 10)
    one = BoundedRing(pool, draws(1), {"c": 1.1})
    pool.in_flight[:] = [9, *[10] * 9]
    assert set(one.caps().values()) == {11}  # 1.1 * 100 is 110.00000000000001


def test_a_sticky_key_stays_although_its_node_is_busy():
    pool = pool_of(1, 1, 1)
    one = Sticky(pool, draws(1))
    first = one.pick(7, 0.0)
    pool.in_flight[first] = 50
    assert one.pick(7, 1.0) == first
    assert one.why(7, 2.0).considered == (first,)
    assert one.pick(8, 3.0) != first


def test_a_sticky_key_whose_node_is_not_ready_moves_and_stays_there():
    pool = pool_of(1, 1, 1)
    one = Sticky(pool, draws(1))
    first = one.pick(7, 0.0)
    pool.ready = [place for place in range(3) if place != first]
    one.changed()
    second = one.pick(7, 1.0)
    assert second != first
    pool.ready = [0, 1, 2]
    one.changed()
    assert one.pick(7, 2.0) == second


def test_the_key_that_was_not_seen_for_longest_is_forgotten():
    pool = pool_of(1, 1, 1, 1)
    one = Sticky(pool, draws(1), {"size": 2})
    kept, forgotten = one.pick(1, 0.0), one.pick(2, 0.0)
    assert one.pick(1, 0.0) == kept
    one.pick(3, 0.0)
    pool.in_flight[:] = [9 * (place in (kept, forgotten)) for place in range(4)]
    assert one.pick(1, 0.0) == kept
    assert one.pick(2, 0.0) not in (kept, forgotten)
