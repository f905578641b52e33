"""A key's steps as sent to the page: by node number, for every strategy."""

from __future__ import annotations

import json
import struct
from typing import Any

import mmh3
import numpy as np
import pytest

from ringviz.core.placement import Murmur, PlacedNode
from ringviz.core.state import State
from ringviz.core.strategy import STRATEGIES, build
from ringviz.errors import NotFound
from ringviz.models import KeySet
from ringviz.selectors.lookup import look_up, place_in_set
from ringviz.selectors.placing import with_figures
from ringviz.selectors.table import table_file
from ringviz.services.keys import pattern_key_set
from ringviz.stores.keysets import index_of
from tests.ringviz.selectors.test_placing import node, state

NUMBERS = [2, 3, 5, 9]
NAMES = [f"n{number}" for number in NUMBERS]


@pytest.fixture
def keys(db) -> KeySet:
    return pattern_key_set(pattern="user:{n}", count=300)


def placed(strategy: str, keys: KeySet, **cluster: Any) -> State:
    made = state(*(node(number) for number in NUMBERS), strategy=strategy, vnodes=4, seed=0, **cluster)
    return {**made, "keys": {"id": keys.pk, "kind": keys.kind, "label": keys.label, "count": keys.count}}


def numbers_in(part: Any) -> set[int]:
    """The nodes that the steps name."""
    if isinstance(part, list):
        return set().union(*map(numbers_in, part)) if part else set()
    if not isinstance(part, dict):
        return set()
    own = {part["node"]} if "node" in part else set()
    return own.union(*map(numbers_in, part.values()))


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("kind", ["simulated", "managed"])
def test_every_strategy_finds_a_key_of_the_set_by_its_steps(strategy: str, kind: str, keys: KeySet) -> None:
    for key in (b"user:0", b"user:7", b"user:299"):
        found = look_up(placed(strategy, keys, kind=kind), 4, key)
        assert found["owner"] in NUMBERS
        assert found["hash"] == mmh3.hash(key, 0, signed=False)
        assert found["steps"]
        assert found["owner"] in numbers_in(found["steps"]) <= set(NUMBERS)
        assert json.loads(json.dumps(found)) == found


def test_a_key_of_the_set_is_with_who_has_it_among_the_others(keys: KeySet) -> None:
    bounded = build("bounded", [PlacedNode(name) for name in NAMES], placement=Murmur(4))
    index = index_of(keys, 0)
    owners = bounded.owners_at(index, slice(None)).tolist()
    for place in range(0, 300, 7):
        found: Any = look_up(placed("bounded", keys), 4, b"user:%d" % int(index.order[place]))
        assert found["owner"] == NUMBERS[owners[place]]
        assert found["copies"] == []
        assert found["steps"]["member"]
        assert found["steps"]["met"][-1]["node"] == found["owner"]
    counted = with_figures(placed("bounded", keys), index)["nodes"]
    assert {level["node"]: level["load"] for level in found["steps"]["levels"]} == {
        one["number"]: one["keys"] for one in counted
    }


def test_of_keys_that_hash_alike_each_has_its_own_place(db) -> None:
    many = pattern_key_set(pattern="user:{n}", count=300_000)
    index = index_of(many, 0)
    alike = np.flatnonzero(index.hashes[1:] == index.hashes[:-1]).tolist()
    assert alike
    for place in (at + step for at in alike for step in (0, 1)):
        key = b"user:%d" % int(index.order[place])
        assert place_in_set(placed("bounded", many), int(index.hashes[place]), key) == (index, place)
    assert place_in_set(placed("bounded", many), int(index.hashes[alike[0]]), b"stranger") == (index, None)


def test_a_key_of_no_set_has_no_owner_where_keys_are_placed_together(keys: KeySet) -> None:
    found: Any = look_up(placed("bounded", keys), 4, b"stranger")
    assert (found["owner"], found["copies"], found["steps"]["member"]) == (0, [], False)
    at = mmh3.hash("stranger", 0, signed=False)
    tokens = [(mmh3.hash(f"n{number}#{i}", 0, signed=False), number) for number in NUMBERS for i in range(4)]
    token, number = min(tokens, key=lambda one: (one[0] - at) % 2**32)
    assert [(met["token"], met["node"]) for met in found["steps"]["met"]] == [(token, number)]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_without_nodes_there_are_no_steps(strategy: str, keys: KeySet) -> None:
    nobody = {**placed(strategy, keys), "nodes": []}
    found = look_up(nobody, 4, b"user:7")  # type: ignore[arg-type]
    assert (found["owner"], found["steps"]) == (0, None)


def decoded(data: bytes) -> tuple[dict[str, Any], list[int]]:
    magic, length = struct.unpack("<II", data[:8])
    assert (magic, length % 4) == (0x315A5652, 0)
    return json.loads(data[8 : 8 + length]), np.frombuffer(data[8 + length :], "<u2").tolist()


def test_a_table_says_the_owner_of_every_entry(keys: KeySet) -> None:
    made = placed("maglev", keys)
    made["nodes"][1] = {**made["nodes"][1], "weight": 0}
    header, entries = decoded(table_file(made, 4))
    numbers, size = [2, 5, 9], header["size"]
    asking = [
        [n, mmh3.hash(f"n{n}", 0, signed=False) % size, mmh3.hash(f"n{n}", 1, signed=False) % (size - 1) + 1]
        for n in numbers
    ]
    assert header == {"v": 4, "size": 65_537, "nodes": asking}
    table: dict[int, int] = {}  # as the paper puts it
    at = [offset for _number, offset, _skip in asking]
    while len(table) < size:
        turn = len(table) % 3
        while at[turn] in table:
            at[turn] = (at[turn] + asking[turn][2]) % size
        table[at[turn]] = turn
    assert entries == [table[entry] for entry in range(size)]
    for key in (b"user:1", b"user:2"):
        found: Any = look_up(made, 4, key)
        assert numbers[entries[found["steps"]["entry"]]] == found["owner"]


def test_a_table_without_nodes_is_empty_and_who_has_none_says_so(keys: KeySet) -> None:
    nobody: Any = {**placed("maglev", keys), "nodes": []}
    assert decoded(table_file(nobody, 4)) == ({"v": 4, "size": 65_537, "nodes": []}, [])
    for strategy in STRATEGIES:
        if strategy != "maglev":
            with pytest.raises(NotFound):
                table_file(placed(strategy, keys), 4)
