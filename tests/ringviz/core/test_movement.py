from __future__ import annotations

from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringviz.core import moves
from ringviz.core.errors import DifferentHashes
from ringviz.core.keys import KeyIndex
from ringviz.core.modulo import Modulo
from ringviz.core.movement import ANYONE, Movement, Pair, movement
from ringviz.core.placement import TOKEN_SPACE, Murmur, PlacedNode
from ringviz.core.ring import HashRing
from ringviz.core.strategy import Strategy, build
from tests.ringviz.core.crafted import Crafted, SlowRing, edges
from tests.ringviz.core.drawn import KEY_HASHES, Change, changes, one_more

relaxed = settings(deadline=None)
SIDES = st.sampled_from([(HashRing, HashRing), (Modulo, Modulo), (HashRing, Modulo), (Modulo, HashRing)])


def index_of(hashes: list[int]) -> KeyIndex:
    return KeyIndex.build(np.array(hashes, np.uint32))


def name(strategy: Strategy, hash_: int) -> str | None:
    index = strategy.owner_of_hash(hash_)
    return None if index == -1 else strategy.nodes[index].name


def by_hand(before: Strategy, after: Strategy, hashes: list[int]) -> dict[tuple[str | None, str | None], list[int]]:
    """Positions of the moved keys by pair, in hash order."""
    found: dict[tuple[str | None, str | None], list[int]] = {}
    for position in sorted(range(len(hashes)), key=lambda position: (hashes[position], position)):
        pair = name(before, hashes[position]), name(after, hashes[position])
        if pair[0] != pair[1]:
            found.setdefault(pair, []).append(position)
    return found


def between(first: int, last: int) -> Movement:
    nodes = [PlacedNode(f"node-{number}") for number in range(max(first, last))]
    keys = KeyIndex.build(Murmur().hash_many([f"user:{number}" for number in range(20_000)]))
    return movement(build("ring", nodes[:first]), build("ring", nodes[:last]), keys)


@relaxed
@given(changes(), KEY_HASHES, SIDES)
def test_counts_pairs_and_positions_are_those_found_key_by_key(
    change: Change, hashes: list[int], sides: tuple[type[HashRing] | type[Modulo], ...]
) -> None:
    before, after = sides[0](change.before, change.placement), sides[1](change.after, change.later)
    found, wanted = movement(before, after, index_of(hashes)), by_hand(before, after, hashes)
    weights = {node.name: node.weight for node in change.after}
    stay = {node.name for node in change.before if weights.get(node.name) == node.weight}
    assert found.keys == len(hashes)
    assert found.moved == sum(map(len, wanted.values()))
    assert {pair[:2]: pair.keys for pair in found.pairs} == {pair: len(keys) for pair, keys in wanted.items()}
    assert found.needless == sum(len(keys) for pair, keys in wanted.items() if set(pair) <= stay)
    assert all(pair.needless == ({pair.source, pair.target} <= stay) for pair in found.pairs)
    assert list(found.pairs) == sorted(found.pairs, key=lambda pair: (-pair.keys, pair.source or "", pair.target or ""))
    for (source, target), positions in wanted.items():
        assert found.positions(source=source, target=target).tolist() == positions
        assert found.count(source=source, target=target) == len(positions)
    rank = {position: place for place, position in enumerate(index_of(hashes).order.tolist())}
    everything = sorted((position for keys in wanted.values() for position in keys), key=rank.__getitem__)
    assert found.positions().tolist() == everything
    assert found.count() == found.moved


@relaxed
@given(changes(), KEY_HASHES, st.integers(1, 7))
def test_pages_put_together_are_the_whole(change: Change, hashes: list[int], size: int) -> None:
    for kind in (HashRing, Modulo):
        found = movement(kind(change.before, change.placement), kind(change.after, change.later), index_of(hashes))
        whole = found.positions().tolist()
        pages = [found.positions(offset=at, limit=size).tolist() for at in range(0, len(whole) + size, size)]
        assert list(chain(*pages)) == whole
        assert all(len(page) <= size for page in pages)
        assert found.positions(offset=len(whole) + 3, limit=2).tolist() == []


@relaxed
@given(changes())
def test_ranges_are_exactly_where_the_owner_changes(change: Change) -> None:
    before, after = HashRing(change.before, change.placement), HashRing(change.after, change.later)
    found = movement(before, after, index_of([]))
    ranges = found.ranges
    assert ranges is not None
    slow = SlowRing(change.before, change.placement), SlowRing(change.after, change.later)
    rows = list(
        zip(*(column.tolist() for column in (ranges.start, ranges.end, ranges.source, ranges.target)), strict=True)
    )
    called = [*found.names, None]
    for hash_ in edges([*before.tokens.tolist(), *after.tokens.tolist()]):
        inside = [
            (called[source], called[target])
            for start, end, source, target in rows
            if 0 < (hash_ - start) % TOKEN_SPACE <= ((end - start) % TOKEN_SPACE or TOKEN_SPACE) or start == end
        ]
        owners = slow[0].owner(hash_), slow[1].owner(hash_)
        assert inside == ([owners] if owners[0] != owners[1] else [])
    assert [end for _, end, _, _ in rows] == sorted({end for _, end, _, _ in rows})
    assert all(start < end for start, end, _, _ in rows[1:])
    assert not any(one[1:] == (other[0], *other[2:]) for one, other in pairwise(rows))


@relaxed
@given(one_more(), KEY_HASHES)
def test_adding_moves_keys_to_the_new_node_only_and_removing_moves_its_keys_only(
    change: Change, hashes: list[int]
) -> None:
    small, large = HashRing(change.before, change.placement), HashRing(change.after, change.later)
    (new,) = {node.name for node in change.after} - {node.name for node in change.before}
    hashes = [*hashes, *large.tokens.tolist()]
    joined, left = movement(small, large, index_of(hashes)), movement(large, small, index_of(hashes))
    assert {pair.target for pair in joined.pairs} <= {new}
    assert {pair.source for pair in left.pairs} <= {new}
    assert joined.needless == left.needless == 0
    assert (
        joined.moved
        == left.moved
        == sum(
            large.owner_of_hash(hash_) == change.after.index(next(node for node in change.after if node.name == new))
            for hash_ in hashes
        )
    )
    assert {(pair.target, pair.source, pair.keys) for pair in joined.pairs} == {pair[:3] for pair in left.pairs}


def test_moved_keys_come_with_their_hashes_and_owners() -> None:
    placement = Crafted({"a": [100], "b": [200], "c": [150]})
    before, after = (
        HashRing([PlacedNode("a"), PlacedNode("b")], placement),
        HashRing([PlacedNode("c"), PlacedNode("b"), PlacedNode("a")], placement),
    )
    rows = movement(before, after, index_of([120, 10, 150, 130, 160])).moved_keys()
    assert rows.positions.tolist() == [0, 3, 2]
    assert rows.hashes.tolist() == [120, 130, 150]
    found = movement(before, after, index_of([120]))
    assert {(found.names[row.source[0]], found.names[row.target[0]]) for row in [found.moved_keys()]} == {("b", "c")}


def test_the_first_node_takes_keys_from_nobody_and_the_last_leaves_them_to_nobody() -> None:
    for kind in ("ring", "modulo"):
        none, one = build(kind, []), build(kind, [PlacedNode("a")])
        assert movement(none, one, index_of([1, 2])).pairs == (Pair(None, "a", 2, needless=False),)
        gone = movement(one, none, index_of([1, 2]))
        assert gone.pairs == (Pair("a", None, 2, needless=False),)
        assert gone.positions(target=None).tolist() == [0, 1]
        assert gone.positions(source=None).tolist() == []
        assert gone.positions(source="stranger").tolist() == []
        assert gone.count(source="a", target=ANYONE) == 2
        assert movement(none, none, index_of([1])).moved == 0


def test_a_weight_that_changes_moves_nothing_needlessly() -> None:
    keys = KeyIndex.build(Murmur().hash_many([f"user:{number}" for number in range(20_000)]))
    before, after = (
        build("ring", [PlacedNode("a"), PlacedNode("b"), PlacedNode("c")]),
        build("ring", [PlacedNode("a", 2), PlacedNode("b"), PlacedNode("c")]),
    )
    found = movement(before, after, keys)
    assert found.moved > 0
    assert found.needless == 0
    assert {pair.target for pair in found.pairs} == {"a"}


def test_another_number_of_virtual_nodes_moves_keys_between_survivors() -> None:
    keys = KeyIndex.build(Murmur().hash_many([f"user:{number}" for number in range(20_000)]))
    nodes = [PlacedNode("a"), PlacedNode("b"), PlacedNode("c")]
    found = movement(build("ring", nodes, 16), build("ring", nodes, 160), keys)
    assert found.needless == found.moved > 0


def test_modulo_moves_needlessly_what_the_ring_would_leave() -> None:
    nodes = [PlacedNode(f"node-{number}") for number in range(4)]
    # 0 to 119 is ten whole rounds of lcm(4, 3): in each round 9 of 12 move, 3 of them because node-3 left.
    found = movement(build("modulo", nodes), build("modulo", nodes[:3]), index_of(list(range(120))))
    assert (found.moved, found.needless) == (90, 60)
    assert found.count(source="node-3") == 30
    assert found.ranges is None


def test_pairs_of_many_nodes_are_counted_by_sorting_and_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [PlacedNode(f"node-{number}") for number in range(40)]
    hashes = np.random.default_rng(3).integers(0, TOKEN_SPACE, 5000, dtype=np.uint32)
    keys = KeyIndex.build(hashes)
    counted = movement(build("modulo", nodes), build("modulo", nodes[1:]), keys).pairs
    monkeypatch.setattr(moves, "_COUNTED_CODES", 1)
    monkeypatch.setattr(moves, "_CHUNK", 777)
    again = movement(build("modulo", nodes), build("modulo", nodes[1:]), keys)
    assert again.pairs == counted
    assert again.top_pairs(3) == counted[:3]
    assert again.pair_count == len(counted)
    assert again.positions(offset=700, limit=900).tolist() == again.positions().tolist()[700:1600]


def test_ten_thousand_nodes_lose_one() -> None:
    nodes = [PlacedNode(f"node-{number}") for number in range(10_000)]
    before = build("ring", nodes, 16)
    after = before.with_nodes(node for node in nodes if node.name != "node-77")
    keys = KeyIndex.build(before.placement.hash_many([f"user:{number}" for number in range(200_000)]))
    found = movement(before, after, keys)
    assert {pair.source for pair in found.pairs} == {"node-77"}
    assert found.moved == int((before.owners(keys.hashes) == 77).sum())
    assert found.ranges is not None
    assert 0 < len(found.ranges.start) <= 16


def test_nodes_match_by_name_whatever_their_order() -> None:
    nodes = [PlacedNode("a"), PlacedNode("b"), PlacedNode("c")]
    assert movement(build("ring", nodes), build("ring", nodes[::-1]), index_of(list(range(0, 10**9, 10**7)))).moved == 0


def test_rings_that_hash_keys_differently_are_refused() -> None:
    with pytest.raises(DifferentHashes):
        movement(build("ring", [PlacedNode("a")], seed=0), build("ring", [PlacedNode("a")], seed=1), index_of([1]))


@pytest.mark.parametrize(("first", "last"), [(5, 5), (5, 6), (6, 5)])
def test_moved_is_the_sum_of_the_pairs(first: int, last: int) -> None:
    found = between(first, last)
    assert found.moved == sum(pair.keys for pair in found.pairs) == len(found.positions())
    assert (found.moved > 0) == (first != last)
