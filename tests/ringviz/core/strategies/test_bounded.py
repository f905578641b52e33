"""The ring with bounded loads: no node exceeds the cap, and placing keys one by one gives the same owners."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringviz.core.bounded import Bounded, caps
from ringviz.core.errors import InvalidOption, NoOwnerAlone
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Bucketed, Murmur, PlacedNode
from tests.ringviz.core import drawn
from tests.ringviz.core.crafted import Crafted

ALL = slice(None)


def nodes(count: int) -> list[PlacedNode]:
    return [PlacedNode(f"node-{number}") for number in range(count)]


def one_by_one(bounded: Bounded, keys: KeyIndex) -> list[int]:
    """As the paper puts it: each key walks on until it meets a node with room."""
    shares = [node.weight * share.any() for node, share in zip(bounded.nodes, bounded.ring.ownership(), strict=True)]
    room = list(caps(shares, keys.count, bounded.chosen["c"]))
    owners = []
    for hash_ in keys.hashes.tolist():
        walked = (node for node, _token in bounded.ring.walk(hash_, len(bounded.nodes)) if room[node])
        owners.append(next(walked, -1))
        if owners[-1] >= 0:
            room[owners[-1]] -= 1
    return owners


@given(drawn.members(), drawn.placements(), drawn.KEY_HASHES, st.sampled_from([1, 1.1, 1.25, 3]))
def test_it_is_what_one_key_after_the_other_gives(
    members: tuple[PlacedNode, ...], placement: Crafted, hashes: list[int], c: float
) -> None:
    bounded = Bounded(members, placement, {"c": c})
    keys = KeyIndex.build(np.array(hashes, np.uint32))
    assert bounded.owners_at(keys, ALL).tolist() == one_by_one(bounded, keys)


def test_a_million_keys_on_a_hundred_nodes() -> None:
    bounded = Bounded(nodes(100), Murmur(16))
    keys = KeyIndex.build(bounded.placement.hash_many([b"user:%d" % number for number in range(1_000_000)]))
    counted = np.bincount(bounded.owners_at(keys, ALL), minlength=100)
    plain = np.bincount(bounded.ring.owners(keys.hashes), minlength=100)
    assert counted.sum() == 1_000_000
    assert counted.max() == 12_500
    assert (plain > 12_500).sum() > 5
    assert set(counted[plain > 12_500].tolist()) == {12_500}


def test_parts_of_the_keys_have_the_owners_of_the_whole() -> None:
    bounded = Bounded(nodes(5), Murmur(4), {"c": 1.1})
    keys = KeyIndex.build(bounded.placement.hash_many([f"user:{number}" for number in range(3_000)]))
    whole = bounded.owners_at(keys, ALL)
    places = np.array([2_999, 0, 7, 1_500])
    assert bounded.owners_at(keys, places).tolist() == whole[places].tolist()
    assert bounded.owners_at(keys, slice(100, 200)).tolist() == whole[100:200].tolist()


def test_a_key_passes_what_is_full() -> None:
    bounded = Bounded(nodes(5), Murmur(4), {"c": 1})
    keys = KeyIndex.build(bounded.placement.hash_many([f"user:{number}" for number in range(1_000)]))
    owners, plain = bounded.owners_at(keys, ALL), bounded.ring.owners(keys.hashes)
    for hash_, owner, first in zip(keys.hashes.tolist(), owners.tolist(), plain.tolist(), strict=True):
        passed = bounded.passed(hash_, owner)
        assert bool(passed) == (owner != first)
        assert owner not in [node for node, _token in passed]


def test_a_key_alone_has_no_owner() -> None:
    bounded = Bounded(nodes(3))
    assert not bounded.abilities.alone
    for ask in (lambda: bounded.owner("key"), lambda: bounded.owner_of_hash(1), lambda: bounded.preference("key", 2)):
        with pytest.raises(NoOwnerAlone):
            ask()


def test_buckets_are_the_balls_where_buckets_are_placed() -> None:
    bounded = Bounded(nodes(7), Bucketed(8))
    assert bounded.abilities.alone
    starts = np.arange(16_384, dtype=np.uint32) << np.uint32(18)
    counted = np.bincount(bounded.owners(starts), minlength=7)
    assert counted.max() == -(-16_384 * 5 // (4 * 7))
    assert bounded.owners(starts).tolist() == one_by_one(bounded, KeyIndex.build(starts))
    assert bounded.ownership() == pytest.approx(counted / 16_384)
    keys = KeyIndex.build(bounded.placement.hash_many(["a", "b", "c"]))
    assert bounded.owners_at(keys, ALL).tolist() == bounded.owners(keys.hashes).tolist()


def test_caps_are_by_share_and_exact() -> None:
    assert caps([1, 0.1, 0], 11, 1.1) == (11, 2, 0)
    assert caps([1] * 10, 1_000, 1.1) == (110,) * 10
    assert caps([0], 5, 1.25) == (0,)


@pytest.mark.parametrize("c", [0.99, 10.5, float("nan")])
def test_c_has_bounds(c: float) -> None:
    with pytest.raises(InvalidOption):
        Bounded(nodes(2), options={"c": c})
