"""Slots as in every Valkey Cluster, and the slot map as a strategy."""

from __future__ import annotations

import numpy as np
import pytest

from ringviz.core.buckets import BUCKET_SHIFT, BUCKETS
from ringviz.core.copies import copies_moved
from ringviz.core.counts import keys_per_node
from ringviz.core.errors import DuplicateName
from ringviz.core.keys import KeyIndex
from ringviz.core.movement import movement
from ringviz.core.placement import TOKEN_SPACE, PlacedNode
from ringviz.core.slots import SlotMap, range_ends
from ringviz.core.strategy import Strategy
from servers.slots import slot_of

NODES = [PlacedNode("a"), PlacedNode("b"), PlacedNode("idle")]
SLOTS = {"a": [(0, 99), (200, 299)], "b": [(100, 199), (300, 16_000)]}
HASHES = np.arange(BUCKETS, dtype=np.uint32) << np.uint32(BUCKET_SHIFT)


@pytest.fixture
def slot_map() -> SlotMap:
    return SlotMap(NODES, SLOTS)


def test_every_slot_has_its_owner_and_the_rest_nobody(slot_map):
    owners = slot_map.owners(HASHES).tolist()
    assert owners == [0] * 100 + [1] * 100 + [0] * 100 + [1] * 15_701 + [-1] * 383
    assert [slot_map.owner_of_hash(int(hash_)) for hash_ in HASHES[[0, 99, 100, 16_000, 16_001]]] == [0, 0, 1, 1, -1]
    assert slot_map.ownership().tolist() == [200 / BUCKETS, 15_801 / BUCKETS, 0]


def test_tokens_are_the_ends_of_the_ranges(slot_map):
    ends = np.array([99, 199, 299, 16_000], np.uint32) << np.uint32(BUCKET_SHIFT)
    assert slot_map.tokens.tolist() == ends.tolist()
    assert sorted([*range_ends(SLOTS["a"]).tolist(), *range_ends(SLOTS["b"]).tolist()]) == ends.tolist()
    assert slot_map.tokens.max() < TOKEN_SPACE


def test_a_walk_meets_the_end_of_the_owner_s_range(slot_map):
    assert slot_map.walk(150 << BUCKET_SHIFT, 3) == [(1, 199 << BUCKET_SHIFT)]
    assert slot_map.walk(99 << BUCKET_SHIFT, 1) == [(0, 99 << BUCKET_SHIFT)]
    assert slot_map.walk(16_001 << BUCKET_SHIFT, 3) == slot_map.walk(0, 0) == []
    assert slot_map.preference_of_hash(0, 2) == (0,)
    assert slot_map.preferences(HASHES[[0, 16_383]], 2).tolist() == [[0, -1], [-1, -1]]
    assert slot_map.preferences(HASHES, 0).shape == (BUCKETS, 0)


def test_a_key_belongs_to_who_has_its_slot(slot_map):
    for number in range(500):
        key = f"user:{number}"
        slot = slot_of(key.encode())
        expected = next((name for name, ranges in SLOTS.items() for a, b in ranges if a <= slot <= b), None)
        assert slot_map.owner(key) == expected
        assert slot_map.preference(key, 3) == ((expected,) if expected else ())


def test_it_is_a_strategy_like_any_other(slot_map):
    before: Strategy = slot_map
    after: Strategy = slot_map.with_nodes([node for node in NODES if node.name != "a"])
    keys = KeyIndex.build(before.placement.hash_many([f"user:{number}" for number in range(2_000)]))
    held = keys_per_node(before, keys)
    found = movement(before, after, keys)
    assert found.moved == held[0] > 0
    assert [(pair.source, pair.target) for pair in found.pairs] == [("a", None)]
    assert copies_moved(before, after, 1, keys)[1] == 0


def test_an_empty_map_and_what_is_no_slot():
    assert SlotMap([], {}).owners(HASHES).tolist() == [-1] * BUCKETS
    assert SlotMap([], {}).ownership().tolist() == []
    with pytest.raises(DuplicateName):
        SlotMap([PlacedNode("a"), PlacedNode("a")], {})
    for span in ((-1, 3), (3, 2), (0, BUCKETS)):
        with pytest.raises(IndexError):
            SlotMap([PlacedNode("a")], {"a": [span]})
