"""Placement by bucket, checked against mmh3, bisect and a dictionary of buckets."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import product

import mmh3
import numpy as np
import pytest

from ringviz.core.buckets import BUCKETS
from ringviz.core.copies import copies_moved
from ringviz.core.counts import keys_per_node
from ringviz.core.errors import DifferentHashes
from ringviz.core.keys import KeyIndex
from ringviz.core.modulo import Modulo
from ringviz.core.movement import movement
from ringviz.core.placement import Bucketed, Murmur, PlacedNode
from ringviz.core.ring import HashRing
from ringviz.core.strategy import Strategy, build
from tests.ringviz.core.crafted import Crafted, key_at

SEED, VNODES = 5, 16
KEYS = [b"user:%d" % number for number in range(20_000)]
NODES = [PlacedNode(f"node-{number}") for number in range(8)]
BY_BUCKET = Bucketed(VNODES, SEED)
INDEX = KeyIndex.build(BY_BUCKET.hash_many(KEYS))
SETS = (NODES, NODES[1:], [*NODES, PlacedNode("late", 2.5)], NODES[:1])


def lists_of(strategy: str, nodes: list[PlacedNode]) -> list[list[str]]:
    """All nodes in order of preference, for each bucket."""
    if strategy == "modulo":
        names = [node.name for node in nodes]
        return [names[b % len(names) :] + names[: b % len(names)] for b in range(BUCKETS)]
    holder: dict[int, str] = {}
    for node in sorted(nodes, key=lambda node: node.name, reverse=True):
        for number in range(round(VNODES * node.weight)):
            holder[mmh3.hash(f"{node.name}#{number}", SEED, False) >> 18] = node.name
    points = sorted(holder)
    orders = [list(dict.fromkeys(holder[p] for p in points[at:] + points[:at])) for at in range(len(points) + 1)]
    return [orders[bisect_left(points, bucket)] for bucket in range(BUCKETS)]


LISTS = {(name, which): lists_of(name, SETS[which]) for name, which in product(("ring", "modulo"), range(len(SETS)))}
BUCKET_OF_KEY = [mmh3.hash(key, SEED, False) >> 18 for key in KEYS]


def made(side: tuple[str, int]) -> Strategy:
    return build(side[0], SETS[side[1]], placement=BY_BUCKET)


@pytest.mark.parametrize("side", LISTS)
def test_owners_counts_and_ownership_are_those_of_the_buckets(side: tuple[str, int]) -> None:
    strategy, owners = made(side), [names[0] for names in LISTS[side]]
    held, share = Counter(owners[bucket] for bucket in BUCKET_OF_KEY), Counter(owners)
    names = [node.name for node in strategy.nodes]
    assert [strategy.owner(key) for key in KEYS[:500]] == [owners[bucket] for bucket in BUCKET_OF_KEY[:500]]
    assert keys_per_node(strategy, INDEX).tolist() == [held[name] for name in names]
    assert strategy.ownership().tolist() == [share[name] / BUCKETS for name in names]
    starts = np.arange(BUCKETS, dtype=np.uint32) << np.uint32(18)
    assert [names[index] for index in strategy.owners(starts)] == owners
    assert [strategy.preference(key, 3) for key in KEYS[:50]] == [
        tuple(LISTS[side][bucket][:3]) for bucket in BUCKET_OF_KEY[:50]
    ]


@pytest.mark.parametrize(("before", "after"), [pair for pair in product(LISTS, LISTS) if pair[0] != pair[1]])
def test_movement_and_copies_are_those_of_the_buckets(before: tuple[str, int], after: tuple[str, int]) -> None:
    old, new = LISTS[before], LISTS[after]
    moves = Counter((old[bucket][0], new[bucket][0]) for bucket in BUCKET_OF_KEY)
    wanted = {ends: keys for ends, keys in moves.items() if ends[0] != ends[1]}
    found = movement(made(before), made(after), INDEX)
    assert {(pair.source, pair.target): pair.keys for pair in found.pairs} == wanted
    assert found.moved == sum(wanted.values())
    fresh = sum(len(set(new[bucket][:2]) - set(old[bucket][:2])) for bucket in BUCKET_OF_KEY)
    total = len(KEYS) * min(2, len(SETS[after[1]]))
    assert copies_moved(made(before), made(after), 2, INDEX) == (total, fresh)


def test_modulo_takes_the_bucket_and_counts_the_buckets_exactly() -> None:
    modulo = Modulo(NODES[:3], BY_BUCKET)
    assert modulo.ownership().tolist() == [5462 / BUCKETS, 5461 / BUCKETS, 5461 / BUCKETS]
    assert [modulo.owner_of_hash(bucket << 18) for bucket in range(7)] == [0, 1, 2, 0, 1, 2, 0]
    short = Modulo(NODES[:3], BY_BUCKET, ring_length=5)
    assert [short.owner_of_hash(bucket << 18) for bucket in range(7)] == [0, 1, 2, 0, 1, 0, 1]
    # 16,384 = 5 * 3,276 + 4: remainders 0 and 3 go to the first, 1 and 4 to the second, 2 to the third.
    assert short.ownership().tolist() == [count / BUCKETS for count in (2 * 3_277, 3_277 + 3_276, 3_277)]


def test_two_tokens_of_a_node_in_one_bucket_are_one_and_of_two_nodes_the_first_name_has_it() -> None:
    placement = Crafted({"a": [1 << 18, 1 << 18, 5 << 18], "b": [5 << 18, 9 << 18]}, shift=18)
    ring = HashRing([PlacedNode("b"), PlacedNode("a")], placement)
    assert [token >> 18 for token in ring.tokens.tolist()] == [1, 5, 9]
    assert [ring.owner(key_at(bucket << 18)) for bucket in (0, 1, 2, 5, 6, 9, 10)] == list("aaaabba")
    assert ring.with_nodes([PlacedNode("b")]).owner(key_at(5 << 18)) == "b", "its void token comes to life"
    assert ring.ownership().tolist() == [4 / BUCKETS, 1 - 4 / BUCKETS]


def test_real_tokens_meet_in_buckets() -> None:
    """At 200 tokens times 64 nodes both kinds occur, so the comparisons above do not depend on a rare case."""
    placement, nodes = Bucketed(200), [PlacedNode(f"node-{number}") for number in range(64)]
    tokens = [placement.tokens(node) for node in nodes]
    assert any(len(set(one.tolist())) < len(one) for one in tokens)
    ring = HashRing(nodes, placement)
    assert len(ring.tokens) < sum(len(set(one.tolist())) for one in tokens)
    assert not np.any(ring.tokens & np.uint32(2**18 - 1))


@pytest.mark.parametrize(("vnodes", "most"), [(16, 200), (200, 1_600)])
def test_rounding_gives_a_few_keys_to_another_node(vnodes: int, most: int) -> None:
    exact, rounded = (HashRing(NODES, kind(vnodes)) for kind in (Murmur, Bucketed))
    assert 0 < sum(exact.owner(key) != rounded.owner(key) for key in KEYS) < most


def test_a_hash_is_the_start_of_its_bucket_however_it_is_asked_for() -> None:
    hashes = [mmh3.hash(key, SEED, False) >> 18 << 18 for key in KEYS[:100]]
    assert BY_BUCKET.hash_many(KEYS[:100]).tolist() == [BY_BUCKET.hash(key) for key in KEYS[:100]] == hashes
    assert (Murmur().shift, BY_BUCKET.shift) == (0, 18)
    assert Murmur(VNODES, SEED) != BY_BUCKET


def test_keys_and_buckets_are_not_compared() -> None:
    for strategy in ("ring", "modulo"):
        with pytest.raises(DifferentHashes):
            movement(build(strategy, NODES, VNODES, SEED), build(strategy, NODES, placement=BY_BUCKET), INDEX)
