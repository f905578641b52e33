from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringviz.core.errors import DuplicateName, InvalidRingLength, UnknownStrategy
from ringviz.core.keys import KeyIndex
from ringviz.core.modulo import Modulo
from ringviz.core.placement import TOKEN_SPACE, PlacedNode
from ringviz.core.strategy import STRATEGIES, build
from tests.ringviz.core.crafted import Crafted, key_at

NODES = [PlacedNode("a"), PlacedNode("b", 0), PlacedNode("c", 5), PlacedNode("d")]


def test_h_of_x_is_x_mod_p_mod_q_over_the_nodes_with_weight_in_given_order() -> None:
    modulo = Modulo(NODES, Crafted({}), ring_length=10)
    owners = [modulo.owner(key_at(hash_)) for hash_ in (0, 1, 2, 3, 9, 10, 11)]
    assert owners == ["a", "c", "d", "a", "a", "a", "c"]


@settings(deadline=None)
@given(
    st.lists(st.integers(0, TOKEN_SPACE - 1), min_size=1, max_size=20),
    st.integers(1, 9),
    st.sampled_from([TOKEN_SPACE, 1, 7, 1000, 2**31 + 1]),
)
def test_every_way_of_asking_gives_the_same_owner(hashes: list[int], q: int, p: int) -> None:
    modulo = Modulo([PlacedNode(f"node-{number}") for number in range(q)], Crafted({}), ring_length=p)
    wanted = [hash_ % p % q for hash_ in hashes]
    asked = np.array(hashes, np.uint32)
    assert modulo.owners(asked).tolist() == [modulo.owner_of_hash(hash_) for hash_ in hashes] == wanted
    assert modulo.preferences(asked, 4).tolist() == [
        [*modulo.preference_of_hash(hash_, 4), *[-1] * 4][:4] for hash_ in hashes
    ]
    assert modulo.preference_of_hash(hashes[0], 99) == tuple((wanted[0] + step) % q for step in range(q))
    assert modulo.walk(hashes[0], 2) == [(index, None) for index in modulo.preference_of_hash(hashes[0], 2)]


@settings(deadline=None)
@given(st.integers(1, 50), st.one_of(st.integers(1, 100), st.integers(1, TOKEN_SPACE)))
def test_ownership_sums_to_1(q: int, p: int) -> None:
    ownership = Modulo([PlacedNode(f"node-{number}") for number in range(q)], ring_length=p).ownership()
    assert ownership.sum() == pytest.approx(1.0, abs=1e-12)


def test_ownership_counts_the_hash_space_exactly() -> None:
    modulo = Modulo([PlacedNode("a"), PlacedNode("b"), PlacedNode("idle", 0), PlacedNode("c")], ring_length=5)
    # 2^32 = 5 * 858993459 + 1: remainders 0, 3 go to a, 1, 4 to b, 2 to c; the last hash to a.
    counts = [2 * 858993459 + 1, 2 * 858993459, 0, 858993459]
    assert modulo.ownership().tolist() == [count / TOKEN_SPACE for count in counts]


def test_without_nodes_nobody_owns() -> None:
    for nodes in ([], [PlacedNode("a", 0)]):
        modulo = Modulo(nodes)
        assert modulo.owner(b"key") is None
        assert modulo.owner_of_hash(3) == -1
        assert modulo.owners(np.arange(2, dtype=np.uint32)).tolist() == [-1, -1]
        assert modulo.preference(b"key", 2) == ()
        assert modulo.preferences(np.arange(1, dtype=np.uint32), 2).tolist() == [[-1, -1]]
        assert modulo.ownership().sum() == 0


def test_refusals() -> None:
    with pytest.raises(DuplicateName):
        Modulo([PlacedNode("a"), PlacedNode("a")])
    for p in (0, TOKEN_SPACE + 1):
        with pytest.raises(InvalidRingLength):
            Modulo([PlacedNode("a")], ring_length=p)


def test_strategies_by_name() -> None:
    assert build("ring", NODES, vnodes=10, seed=1).tokens.size == 10 * 7
    # Modulo does not even look at what it does not use.
    assert build("modulo", NODES, vnodes=-1).tokens.size == 0
    assert build("modulo", NODES, seed=5).placement.hash(b"x") == build("ring", NODES, seed=5).placement.hash(b"x")
    with pytest.raises(UnknownStrategy) as refused:
        build("lottery", NODES)
    assert refused.value.known == tuple(STRATEGIES)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_with_nodes_keeps_the_rest(strategy: str) -> None:
    before = build(strategy, NODES, vnodes=10, seed=9)
    after, anew = before.with_nodes(NODES[2:]), build(strategy, NODES[2:], vnodes=10, seed=9)
    keys = KeyIndex.build(before.placement.hash_many([f"key-{number}" for number in range(100)]))
    assert after.owners_at(keys, slice(None)).tolist() == anew.owners_at(keys, slice(None)).tolist()
