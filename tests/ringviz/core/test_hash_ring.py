from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringviz.core.errors import DuplicateName
from ringviz.core.placement import TOKEN_SPACE, Murmur, PlacedNode
from ringviz.core.ring import HashRing
from tests.ringviz.core.crafted import Crafted, SlowRing, edges, key_at
from tests.ringviz.core.drawn import Change, changes, members, placements

A, B, C = PlacedNode("a"), PlacedNode("b"), PlacedNode("c")
relaxed = settings(deadline=None)


def name_of(ring: HashRing, index: int) -> str | None:
    return None if index == -1 else ring.nodes[index].name


def test_a_key_belongs_to_the_first_token_at_or_after_its_hash_and_wraps() -> None:
    ring = HashRing([A, B], Crafted({"a": [100], "b": [200]}))
    owners = {hash_: ring.owner(key_at(hash_)) for hash_ in (0, 100, 101, 200, 201, TOKEN_SPACE - 1)}
    assert owners == {0: "a", 100: "a", 101: "b", 200: "b", 201: "a", TOKEN_SPACE - 1: "a"}


@pytest.mark.parametrize("order", [(A, B, C), (C, B, A), (B, C, A)])
def test_of_equal_tokens_the_first_name_keeps_it_in_whatever_order_nodes_are_given(
    order: tuple[PlacedNode, ...],
) -> None:
    placement = Crafted({"a": [500, 500], "b": [500, 700], "c": [700, 900]})
    ring = HashRing(order, placement)
    assert ring.tokens.tolist() == [500, 700, 900]
    assert [ring.owner(key_at(hash_)) for hash_ in (500, 700, 900)] == ["a", "b", "c"]


def test_names_are_compared_as_bytes_not_as_a_language_sorts_them() -> None:
    nodes = [PlacedNode("é"), PlacedNode("z"), PlacedNode("a"), PlacedNode("Z")]
    ring = HashRing(nodes, Crafted({node.name: [9] for node in nodes}))
    assert ring.owner(key_at(9)) == "Z"


def test_a_void_token_comes_to_life_when_the_node_before_it_leaves() -> None:
    ring = HashRing([A, B], Crafted({"a": [500], "b": [500, 700]}))
    without = ring.with_nodes([B])
    assert without.tokens.tolist() == [500, 700]
    assert without.owner(key_at(500)) == "b"


def test_a_ring_of_none_of_weight_0_and_of_one() -> None:
    for nodes in ([], [PlacedNode("a", 0)], [PlacedNode("a", 0), PlacedNode("b", 0)]):
        ring = HashRing(nodes)
        assert ring.owner(b"key") is None
        assert ring.owner_of_hash(5) == -1
        assert ring.owners(np.arange(3, dtype=np.uint32)).tolist() == [-1] * 3
        assert ring.preference(b"key", 3) == ()
        assert ring.preferences(np.arange(2, dtype=np.uint32), 2).tolist() == [[-1, -1]] * 2
        assert ring.walk(0, 2) == []
        assert ring.ownership().tolist() == [0.0] * len(nodes)
    alone = HashRing([A], Crafted({"a": [7]}))
    assert alone.ownership().tolist() == [1.0]
    assert {alone.owner(key_at(hash_)) for hash_ in (0, 7, 8)} == {"a"}
    assert alone.preference(b"key", 3) == ("a",)


def test_a_node_of_weight_0_stands_among_the_nodes_and_owns_nothing() -> None:
    ring = HashRing([A, PlacedNode("b", 0), C])
    assert ring.ownership()[1] == 0
    assert {ring.owner(f"key {number}") for number in range(500)} == {"a", "c"}
    assert ring.preference(b"key", 3) in {("a", "c"), ("c", "a")}


def test_a_ring_cannot_be_changed() -> None:
    ring = HashRing([A, B])
    with pytest.raises(ValueError, match="read-only"):
        ring.tokens[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        ring.owner_index[0] = 1


def test_two_nodes_of_one_name_are_refused() -> None:
    with pytest.raises(DuplicateName):
        HashRing([A, A])


def test_a_walk_names_the_token_at_which_each_node_is_met() -> None:
    ring = HashRing([A, B, C], Crafted({"a": [10, 20], "b": [30], "c": [5, 40]}))
    assert ring.walk(11, 3) == [(0, 20), (1, 30), (2, 40)]
    assert ring.walk(31, 2) == [(2, 40), (0, 10)]
    assert ring.walk(41, 9) == [(2, 5), (0, 10), (1, 30)]
    assert ring.walk(0, 0) == []


@relaxed
@given(members(), placements())
def test_owners_and_preference_lists_are_what_the_written_rules_say(
    nodes: tuple[PlacedNode, ...], placement: Crafted
) -> None:
    ring, slow = HashRing(nodes, placement), SlowRing(nodes, placement)
    hashes = edges(ring.tokens)
    for hash_ in hashes:
        assert ring.owner(key_at(hash_)) == name_of(ring, ring.owner_of_hash(hash_)) == slow.owner(hash_)
        assert ring.preference(key_at(hash_), 3) == slow.preference(hash_, 3)
        assert [index for index, _ in ring.walk(hash_, 3)] == list(ring.preference_of_hash(hash_, 3))
    wanted = [ring.owner_of_hash(hash_) for hash_ in hashes]
    few = np.array(hashes, np.uint32)
    assert ring.owners(few).tolist() == wanted
    many = np.tile(few, 5000 // len(few) + 1)  # enough for the table
    assert ring.owners(many)[-len(few) :].tolist() == wanted
    assert ring.owners(few).tolist() == wanted
    for n in (1, 2, 5):
        rows = [(*ring.preference_of_hash(hash_, n), *[-1] * n)[:n] for hash_ in hashes]
        assert ring.preferences(few, n).tolist() == [list(row) for row in rows]


@relaxed
@given(members(), placements())
def test_ownership_sums_to_1_and_is_the_width_of_the_ranges(nodes: tuple[PlacedNode, ...], placement: Crafted) -> None:
    ring = HashRing(nodes, placement)
    ownership = ring.ownership()
    assert ownership.sum() == (1.0 if len(ring.tokens) else 0.0)
    tokens, owners = ring.tokens.tolist(), ring.owner_index.tolist()
    ranges = list(zip([*tokens[-1:], *tokens[:-1]], tokens, owners, strict=True))
    for index, share in enumerate(ownership):
        widths = [(end - start) % TOKEN_SPACE or TOKEN_SPACE for start, end, owner in ranges if owner == index]
        assert share == sum(widths) / TOKEN_SPACE


@relaxed
@given(changes())
def test_with_nodes_is_the_ring_built_anew(change: Change) -> None:
    reused = HashRing(change.before, change.placement).with_nodes(change.after)
    anew = HashRing(change.after, change.placement)
    assert reused.nodes == anew.nodes
    assert reused.tokens.tolist() == anew.tokens.tolist()
    assert reused.owner_index.tolist() == anew.owner_index.tolist()
    back = reused.with_nodes(change.before)
    assert back.tokens.tolist() == HashRing(change.before, change.placement).tokens.tolist()


@relaxed
@given(st.binary(max_size=12), st.integers(1, 40), st.integers(0, TOKEN_SPACE - 1))
def test_a_key_of_any_bytes_has_the_owner_of_its_hash(key: bytes, vnodes: int, seed: int) -> None:
    ring = HashRing([A, B, C], Murmur(vnodes, seed))
    hashes = ring.placement.hash_many([key])
    assert ring.owner(key) == name_of(ring, int(ring.owners(hashes)[0])) == ring.preference(key, 3)[0]


def test_ten_thousand_nodes() -> None:
    nodes = [PlacedNode(f"node-{number}") for number in range(10_000)]
    ring = HashRing(nodes, Murmur(16))
    assert ring.ownership().sum() == pytest.approx(1.0, abs=1e-12)
    assert (ring.ownership() > 0).all()
    assert (np.diff(ring.tokens.astype(np.int64)) > 0).all()
    hashes = ring.placement.hash_many([f"key-{number}" for number in range(5000)])
    by_search = ring.owner_index[np.searchsorted(ring.tokens, hashes) % len(ring.tokens)]
    assert ring.owners(hashes).tolist() == by_search.tolist()
    assert ring.owner("key-0") == ring.nodes[by_search[0]].name
    lists = ring.preferences(hashes[:50], 5)
    assert [tuple(row) for row in lists.tolist()] == [ring.preference_of_hash(int(h), 5) for h in hashes[:50]]


def test_a_ring_too_large_for_lists_answers_the_same() -> None:
    ring = HashRing([PlacedNode(f"node-{number}") for number in range(400)], Murmur(800))
    assert len(ring.tokens) > 1 << 18
    for number in range(200):
        key = f"key-{number}"
        assert ring.owner(key) == ring.nodes[ring.owner_of_hash(ring.placement.hash(key))].name


def test_one_node_with_nearly_all_tokens_costs_no_long_walk() -> None:
    ring = HashRing([PlacedNode("giant", 1000), PlacedNode("dwarf", 0.001)], Murmur(200))
    lists = ring.preference_table(2)
    assert (np.sort(lists, axis=1) == [0, 1]).all()
