from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringviz.core.counts import keys_per_node
from ringviz.core.keys import KeyIndex
from ringviz.core.modulo import Modulo
from ringviz.core.placement import TOKEN_SPACE, PlacedNode
from ringviz.core.ring import HashRing
from tests.ringviz.core.crafted import Crafted
from tests.ringviz.core.drawn import KEY_HASHES, members, placements


def index_of(hashes: list[int]) -> KeyIndex:
    return KeyIndex.build(np.array(hashes, np.uint32))


def test_keys_stand_by_hash_and_equal_ones_by_position() -> None:
    keys = index_of([7, 3, TOKEN_SPACE - 1, 3, 0])
    assert keys.hashes.tolist() == [0, 3, 3, 7, TOKEN_SPACE - 1]
    assert keys.order.tolist() == [4, 1, 3, 0, 2]
    assert keys.hashes.dtype == keys.order.dtype == np.uint32
    assert keys.count == 5


def test_places_bound_the_keys_of_a_range() -> None:
    keys = index_of([10, 20, 20, 30])
    assert keys.places(np.array([9, 10, 20, 29, 30], np.uint32)).tolist() == [0, 1, 3, 3, 4]


@settings(deadline=None)
@given(KEY_HASHES, st.sampled_from([1, 2, 7, 720, 4096]))
def test_density_counts_each_key_once_in_its_part(hashes: list[int], bins: int) -> None:
    density = index_of(hashes).density(bins)
    wanted = np.bincount([hash_ * bins // TOKEN_SPACE for hash_ in hashes], minlength=bins)
    assert density.tolist() == wanted.tolist()
    assert density.dtype == np.uint32


def test_an_empty_key_set() -> None:
    keys = index_of([])
    assert keys.count == 0
    assert keys.density(3).tolist() == [0, 0, 0]


@settings(deadline=None)
@given(members(), placements(), KEY_HASHES)
def test_keys_per_node_are_those_it_owns(nodes: tuple[PlacedNode, ...], placement: Crafted, hashes: list[int]) -> None:
    for strategy in (HashRing(nodes, placement), Modulo(nodes, placement)):
        counts = keys_per_node(strategy, index_of(hashes))
        owners = [strategy.owner_of_hash(hash_) for hash_ in hashes]
        assert counts.tolist() == [owners.count(index) for index in range(len(nodes))]


@pytest.mark.parametrize("count", [1, 100_000])
def test_the_order_gives_back_the_key_set(count: int) -> None:
    hashes = np.random.default_rng(5).integers(0, TOKEN_SPACE, count, dtype=np.uint32)
    keys = KeyIndex.build(hashes)
    assert (hashes[keys.order] == keys.hashes).all()
    assert (np.diff(keys.hashes.astype(np.int64)) >= 0).all()
