from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ringviz.core.copies import copies_moved
from ringviz.core.keys import KeyIndex
from ringviz.core.modulo import Modulo
from ringviz.core.placement import Murmur, PlacedNode
from ringviz.core.ring import HashRing
from tests.ringviz.core.drawn import KEY_HASHES, Change, changes

SIDES = st.sampled_from([(HashRing, HashRing), (Modulo, Modulo), (HashRing, Modulo), (Modulo, HashRing)])


@settings(deadline=None)
@given(changes(), KEY_HASHES, SIDES, st.integers(0, 4))
def test_copies_are_those_found_key_by_key(
    change: Change, hashes: list[int], sides: tuple[type[HashRing] | type[Modulo], ...], n: int
) -> None:
    before, after = sides[0](change.before, change.placement), sides[1](change.after, change.later)
    total = received = 0
    for hash_ in hashes:
        old = {before.nodes[index].name for index in before.preference_of_hash(hash_, n)}
        new = {after.nodes[index].name for index in after.preference_of_hash(hash_, n)}
        total += len(new)
        received += len(new - old)
    keys = KeyIndex.build(np.array(hashes, np.uint32))
    assert copies_moved(before, after, n, keys) == (total, received)


def test_a_dead_node_of_many_costs_as_many_new_copies_as_it_held() -> None:
    nodes = [PlacedNode(f"node-{number}") for number in range(10)]
    before = HashRing(nodes, Murmur(160))
    keys = KeyIndex.build(before.placement.hash_many([f"user:{number}" for number in range(10_000)]))
    held = int((before.preferences(keys.hashes, 3) == 4).sum())
    assert copies_moved(before, before.with_nodes(nodes[:4] + nodes[5:]), 3, keys) == (30_000, held)
    assert copies_moved(before, before, 3, keys) == (30_000, 0)


def test_more_copies_than_nodes_are_as_many_as_there_are_nodes() -> None:
    ring = HashRing([PlacedNode("a"), PlacedNode("b"), PlacedNode("idle", 0)])
    keys = KeyIndex.build(np.arange(100, dtype=np.uint32))
    assert copies_moved(HashRing([]), ring, 5, keys) == (200, 200)
    assert copies_moved(ring, HashRing([]), 5, keys) == (0, 0)
