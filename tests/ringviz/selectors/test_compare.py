"""The comparison, checked against owners looked up one key at a time and counted in plain Python."""

from __future__ import annotations

from collections import Counter
from functools import cache
from math import ceil, sqrt
from typing import Any

import mmh3
import numpy as np
import pytest

from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Bucketed, Murmur, PlacedNode
from ringviz.core.ring import HashRing
from ringviz.core.state import NodeState, State
from ringviz.core.strategy import STRATEGIES, abilities_of, build
from ringviz.errors import NotFound
from ringviz.selectors.compare import (
    Choice,
    Compared,
    Figures,
    Moved,
    choice_of,
    compare,
    first_choices,
    node_asked,
    why_not,
)

KEYS = [f"key-{n}" for n in range(3_000)]
SEED = 7
OPTIONS: dict[str, dict[str, float]] = {
    "maglev": {"table_size": 1009},
    "bounded": {"c": 1.1},
    "multiprobe": {"probes": 5},
}
Nodes = list[tuple[str, float]]


def node(number: int, name: str, weight: float = 1.0, state: str = "active") -> NodeState:
    fields: dict[str, Any] = {"number": number, "name": name, "weight": weight, "state": state}
    return NodeState(**fields)  # type: ignore[typeddict-item, no-any-return]


def state_of(*nodes: NodeState, keys: int = len(KEYS), **settings: Any) -> State:
    usual = {"kind": "simulated", "strategy": "ring", "options": {}, "vnodes": 6, "copies": 1, "seed": SEED}
    whole: Any = {"cluster": {**usual, **settings}, "keys": {"count": keys}, "nodes": list(nodes)}
    return whole  # type: ignore[no-any-return]


EVEN = [node(number, f"cache-{number}") for number in range(1, 8)]
UNEVEN = [node(1, "a", 2), node(2, "b", 0.5), node(3, "gone", 1, "down"), node(4, "c"), node(5, "d"), node(6, "e", 0)]


def index_of(*, bucketed: bool) -> KeyIndex:
    hashes = np.array([mmh3.hash(key, SEED, False) for key in KEYS], np.uint32)
    index = KeyIndex.build(hashes)
    return KeyIndex(index.hashes >> np.uint32(18) << np.uint32(18), index.order) if bucketed else index


def owners(choice: Choice, nodes: Nodes, *, bucketed: bool) -> dict[str, str | None]:
    """Key by key."""
    return owners_once(choice, tuple(nodes), bucketed=bucketed)


@cache
def owners_once(choice: Choice, nodes: tuple[tuple[str, float], ...], *, bucketed: bool) -> dict[str, str | None]:
    placement = (Bucketed if bucketed else Murmur)(choice.vnodes or 1, SEED)
    members = [PlacedNode(*one) for one in nodes]
    if abilities_of(choice.strategy).alone or bucketed:
        strategy = build(choice.strategy, members, placement=placement, options=dict(choice.options))
        return {key: strategy.owner(key) for key in KEYS}
    return one_after_the_other(members, placement, dict(choice.options)["c"])


def one_after_the_other(members: list[PlacedNode], placement: Murmur, c: float) -> dict[str, str | None]:
    """Bounded loads as the paper puts it: each key walks on until it meets a node with room."""
    ring, total = HashRing(members, placement), sum(one.weight for one in members)
    room = [ceil(round(c * len(KEYS) * one.weight, 6) / total) for one in members]
    found: dict[str, str | None] = {}
    for key in sorted(KEYS, key=placement.hash):
        met = next(at for at, _token in ring.walk(placement.hash(key), len(members)) if room[at])
        room[met] -= 1
        found[key] = members[met].name
    return found


def moved(choice: Choice, before: Nodes, after: Nodes, *, bucketed: bool) -> tuple[int, int]:
    was, now = owners(choice, before, bucketed=bucketed), owners(choice, after, bucketed=bucketed)
    stays = dict(before).items() & dict(after).items()
    others = [(was[key], now[key]) for key in KEYS if was[key] != now[key]]
    names = {name for name, _weight in stays}
    return len(others), sum(source in names and target in names for source, target in others)


def loads(choice: Choice, nodes: Nodes, *, bucketed: bool) -> list[float]:
    held, total = Counter(owners(choice, nodes, bucketed=bucketed).values()), sum(weight for _name, weight in nodes)
    return [held[name] / (len(KEYS) * weight / total) for name, weight in nodes if weight]


def choice(name: str) -> Choice:
    vnodes = 6 if STRATEGIES[name].abilities.tokens else None
    return Choice(name, tuple(OPTIONS.get(name, {}).items()), vnodes)


def compared(state: State, *choices: Choice, number: int | None = None, bucketed: bool = False) -> list[Compared]:
    return list(compare(state, index_of(bucketed=bucketed), choices, node_asked(state, number)).rows)


def figures_of(state: State, name: str, *, number: int | None = None, bucketed: bool = False) -> Figures:
    (row,) = compared(state, choice(name), number=number, bucketed=bucketed)
    assert row.figures is not None
    return row.figures


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", ["simulated", "managed"])
@pytest.mark.parametrize("members", [EVEN, UNEVEN], ids=["even", "uneven"])
@pytest.mark.parametrize("name", STRATEGIES)
def test_each_figure_is_what_one_key_at_a_time_gives(name: str, members: list[NodeState], kind: str) -> None:
    bucketed, which = kind == "managed", choice(name)
    found = figures_of(state_of(*members, kind=kind), name, number=4, bucketed=bucketed)
    before = [(one["name"], one["weight"]) for one in members if one["state"] == "active"]
    changing = next(one["name"] for one in members if one["number"] == 4)

    expected = loads(which, before, bucketed=bucketed)
    assert found.evenness.most == pytest.approx(max(expected))
    assert found.evenness.deviation == pytest.approx(sqrt(sum((one - 1) ** 2 for one in expected) / len(expected)))
    assert found.joins == moved(which, before, [*before, ("new", 1)], bucketed=bucketed)
    assert found.leaves == moved(which, before, [one for one in before if one[0] != changing], bucketed=bucketed)
    halved = [(one, weight / 2 if one == changing else weight) for one, weight in before]
    if abilities_of(name).weights:
        assert found.reweights == moved(which, before, halved, bucketed=bucketed)
    else:
        assert found.reweights is None


def test_the_middle_node_leaves_since_the_last_one_is_cheap_for_some() -> None:
    state = state_of(*EVEN)
    assert node_asked(state, None)["number"] == 4
    middle, last = figures_of(state, "jump"), figures_of(state, "jump", number=7)
    assert middle.leaves.needless > 0
    assert last.leaves.needless == 0
    assert middle.joins.needless == 0


def test_a_node_without_weight_is_not_the_middle_and_one_that_is_down_is_none() -> None:
    state = state_of(*UNEVEN)
    assert node_asked(state, None)["number"] == 2
    assert node_asked(state, 6)["name"] == "e"
    for number in (3, 99):
        with pytest.raises(NotFound):
            node_asked(state, number)


def test_the_only_node_leaves_nobody() -> None:
    found = figures_of(state_of(node(1, "a")), "ring")
    assert (found.leaves, found.reweights) == (Moved(len(KEYS), 0), Moved(0, 0))
    assert found.evenness == (1, 0)


@pytest.mark.parametrize("name", STRATEGIES)
def test_theory_stands_beside_what_it_has_a_word_for(name: str) -> None:
    found = figures_of(state_of(*EVEN), name)
    assert (found.expected is None) == (name == "bounded")
    assert (found.balance is None) == (name != "bounded")
    if found.balance:
        assert found.evenness.most <= ceil(found.balance * len(KEYS) / len(EVEN)) / (len(KEYS) / len(EVEN))


def test_what_is_measured_is_measured() -> None:
    for row in compared(state_of(*EVEN), choice("ring"), choice("rendezvous")):
        assert row.figures is not None
        assert row.figures.lookup_ns > 0
        assert row.figures.build_ms >= 0
        assert row.figures.held > 0


def test_the_shares_that_even_shares_would_move() -> None:
    state = state_of(node(1, "a", 3), node(2, "b", 2))
    changes = compare(state, index_of(bucketed=False), [], node_asked(state, 2)).changes
    assert (changes.join_share, changes.leave_share, changes.halved) == (1 / 6, 2 / 5, 1)
    assert changes.reweight_share == pytest.approx(2 / 5 - 1 / 4)
    assert changes.joining == "new"


def test_the_one_that_joins_has_a_name_of_its_own() -> None:
    state = state_of(node(1, "new"), node(2, "new-2", 1, "down"))
    assert compare(state, index_of(bucketed=False), [], node_asked(state, 1)).changes.joining == "new-3"


def test_what_takes_too_long_has_no_figures_and_the_others_have_theirs() -> None:
    state, index = state_of(*EVEN), index_of(bucketed=False)
    rows = compare(state, index, [choice("ring"), choice("jump")], EVEN[0], within_s=0).rows
    assert [row.figures for row in rows] == [None, None]
    rows = compare(state, index, [choice("ring"), choice("jump")], EVEN[0], within_s=60).rows
    assert all(row.figures for row in rows)


def test_at_first_every_strategy_is_compared_the_own_one_with_its_own_parameters() -> None:
    cluster = state_of(*EVEN, strategy="maglev", options={"table_size": 1009}, vnodes=32)["cluster"]
    assert [one.text for one in first_choices(cluster)] == [
        "ring:vnodes=32",
        "modulo",
        "rendezvous",
        "jump",
        "maglev:table_size=1009",
        "multiprobe:vnodes=32,probes=21",
        "bounded:vnodes=32,c=1.25",
    ]
    assert choice_of(cluster).text == "maglev:table_size=1009"
    state = state_of(*EVEN, strategy="maglev", options={"table_size": 1009})
    rows = compared(state, choice("ring"), choice("maglev"))
    assert [row.now for row in rows] == [False, True]


def test_why_nothing_can_be_compared() -> None:
    assert why_not(state_of(*EVEN)) == ""
    assert "servers" in why_not(state_of(*EVEN, strategy="slots", kind="external"))
    assert "no keys" in why_not(state_of(*EVEN, keys=0))
    assert "no nodes" in why_not(state_of(node(1, "a", 1, "down")))
    assert "weight 0" in why_not(state_of(node(1, "a", 0)))
