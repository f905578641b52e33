"""What holds for every strategy, or for each one that promises it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringviz.core.copies import copies_moved
from ringviz.core.counts import keys_per_node
from ringviz.core.errors import UnknownOption
from ringviz.core.keys import KeyIndex
from ringviz.core.movement import movement
from ringviz.core.placement import Bucketed, Murmur, PlacedNode, Placement
from ringviz.core.strategy import STRATEGIES, Strategy, build
from tests.ringviz.core import drawn

GOLDEN = Path(__file__).parents[1] / "vectors" / "strategies.json"
ALL = slice(None)
WEIGHTED = [PlacedNode("a"), PlacedNode("b", 2), PlacedNode("c", 0), PlacedNode("d", 0.5), PlacedNode("ä", 3)]
PLACEMENTS: list[Placement] = [Murmur(8), Bucketed(8)]
OPTIONS = {"maglev": {"table_size": 1009}}  # quick to build
every = pytest.mark.parametrize("name", STRATEGIES)
each_placement = pytest.mark.parametrize("placement", PLACEMENTS, ids=["keys", "buckets"])


def made(name: str, nodes: list[PlacedNode] | tuple[PlacedNode, ...], placement: Placement) -> Strategy:
    return build(name, nodes, placement=placement, options=OPTIONS.get(name, {}))


def index(placement: Placement, count: int) -> KeyIndex:
    return KeyIndex.build(placement.hash_many([f"user:{number}" for number in range(count)]))


@every
@each_placement
@settings(max_examples=25)
@given(members=drawn.members())
def test_an_owner_is_a_member_of_weight(name: str, placement: Placement, members: tuple[PlacedNode, ...]) -> None:
    strategy, keys = made(name, members, placement), index(placement, 100)
    owners = set(strategy.owners_at(keys, ALL).tolist())
    holders = {at for at, node in enumerate(members) if node.weight}
    assert owners <= holders if holders else owners == {-1}
    shares = strategy.ownership()
    assert {at for at, share in enumerate(shares) if share} <= holders
    assert shares.sum() == pytest.approx(1 if holders else 0)
    counted = keys_per_node(strategy, keys)
    assert counted.sum() == (100 if holders else 0)
    assert counted.tolist() == [int((strategy.owners_at(keys, ALL) == at).sum()) for at in range(len(members))]


@every
@each_placement
@settings(max_examples=25)
@given(change=drawn.one_more(), at_end=st.booleans())
def test_only_the_keys_of_who_joins_or_leaves_move(
    name: str, placement: Placement, change: drawn.Change, at_end: bool
) -> None:
    joining = [node for node in change.after if node not in change.before]
    after = (*change.before, *joining) if at_end else change.after
    few, more = made(name, change.before, placement), made(name, after, placement)
    abilities = more.abilities
    if not (abilities.minimal or (abilities.last_only and at_end)):
        return
    keys = index(placement, 150)
    assert movement(few, more, keys).needless == movement(more, few, keys).needless == 0


@every
@each_placement
def test_every_way_of_asking_agrees(name: str, placement: Placement) -> None:
    strategy, keys = made(name, WEIGHTED, placement), index(placement, 500)
    owners = strategy.owners_at(keys, ALL)
    assert strategy.owners_at(keys, slice(100, 120)).tolist() == owners[100:120].tolist()
    assert strategy.owners_at(keys, np.array([5, 3])).tolist() == owners[[5, 3]].tolist()
    if not strategy.abilities.alone:
        return
    assert strategy.owners(keys.hashes).tolist() == owners.tolist()
    lists = strategy.preferences(keys.hashes, 3)
    assert lists[:, 0].tolist() == owners.tolist()
    for place in range(0, 500, 50):
        hash_ = int(keys.hashes[place])
        assert strategy.owner_of_hash(hash_) == owners[place]
        walk = [node for node, _token in strategy.walk(hash_, 3)]
        assert walk == [int(node) for node in lists[place] if node >= 0]
        assert strategy.preference_of_hash(hash_, 3) == tuple(walk)
        assert len(walk) == (3 if strategy.abilities.lists else 1)


@every
@each_placement
def test_movement_is_the_difference_of_the_owners(name: str, placement: Placement) -> None:
    keys = index(placement, 2_000)
    before = made(name, WEIGHTED, placement)
    after = before.with_nodes(WEIGHTED[1:])
    found = movement(before, after, keys)
    place = np.array([*range(1, 5), -1])
    differs = before.owners_at(keys, ALL) != place[after.owners_at(keys, ALL)]
    assert found.moved == differs.sum() > 0
    assert sorted(found.positions().tolist()) == sorted(keys.order[differs].tolist())
    rows = found.moved_keys(offset=10, limit=20)
    assert rows.positions.tolist() == found.positions(offset=10, limit=20).tolist()
    assert (rows.source != rows.target).all()
    total, moved = copies_moved(before, after, 1, keys)
    assert (total, moved) == (2_000, found.moved)
    assert copies_moved(before, after, 2, keys)[0] == (4_000 if before.abilities.lists else 2_000)


@every
def test_what_is_chosen_is_complete_and_kept(name: str) -> None:
    strategy = build(name, WEIGHTED, options=OPTIONS.get(name, {}))
    assert set(strategy.chosen) == {option.name for option in strategy.options}
    assert strategy.with_nodes(WEIGHTED[:2]).chosen == strategy.chosen
    with pytest.raises(UnknownOption):
        build(name, WEIGHTED, options={"lottery": 1})
    for option in strategy.options:
        assert option.lowest <= option.default <= option.highest


@every
@each_placement
def test_the_golden_owners(name: str, placement: Placement) -> None:
    """The same in every process and version. `GOLDEN=write` rewrites them."""
    found = golden_of(name, placement)
    known = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    at = f"{name}, {type(placement).__name__}"
    if os.environ.get("GOLDEN") == "write":
        known[at] = found
        GOLDEN.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    assert known[at] == found


def golden_of(name: str, placement: Placement) -> dict[str, Any]:
    strategy, keys = made(name, WEIGHTED, placement), index(placement, 60)
    return {
        "owners": "".join("abcdä"[owner] for owner in strategy.owners_at(keys, ALL)),
        "shares": [round(float(share), 6) for share in strategy.ownership()],
    }


def test_another_process_places_alike() -> None:
    program = (
        "import json\n"
        "from tests.ringviz.core.strategies.test_every import PLACEMENTS, STRATEGIES, golden_of\n"
        "print(json.dumps([golden_of(name, placement) for name in STRATEGIES for placement in PLACEMENTS]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert json.loads(told.stdout) == [golden_of(name, placement) for name in STRATEGIES for placement in PLACEMENTS]
