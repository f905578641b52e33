"""From a state to its figures: which nodes are on the ring, what each has, and how a difference is reported."""

from __future__ import annotations

import base64
from typing import Any

import mmh3
import numpy as np
import pytest

from ringviz.core.keys import KeyIndex
from ringviz.core.state import NodeState, State
from ringviz.selectors import placing
from ringviz.selectors.placing import (
    base64_words,
    changed_figures,
    members_of,
    movement_summary,
    numbers_by_name,
    strategy_of,
    token_count,
    with_figures,
)
from tests.ringviz import plain

KEYS = [b"key-%d" % n for n in range(500)]
INDEX = KeyIndex.build(np.array([mmh3.hash(key, 0, False) for key in KEYS], np.uint32))


def node(number: int, **fields: Any) -> NodeState:
    given: dict[str, Any] = {
        "number": number,
        "name": f"n{number}",
        "address": "",
        "zone": "",
        "weight": 1.0,
        "state": "active",
        "since": "2026-05-03T12:00:00.000Z",
        "tokens": 0,
        "keys": 0,
        "ownership": 0.0,
        "lost": 0,
        **fields,
    }
    return NodeState(**given)  # type: ignore[typeddict-item, no-any-return]


def state(*nodes: NodeState, **settings: Any) -> State:
    cluster: Any = {
        "kind": "simulated",
        "strategy": "ring",
        "vnodes": 6,
        "copies": 2,
        "seed": 0,
        "slug": "s",
        "name": "S",
        **settings,
    }
    keys: Any = {"id": 1, "kind": "pattern", "label": "key-{n}", "count": len(KEYS)}
    return State(cluster=cluster, keys=keys, nodes=list(nodes), work=[], unfilled=[], workload=None)


def test_only_members_of_are_on_the_ring_and_have_keys():
    made = with_figures(state(node(1), node(2, state="down"), node(3, state="draining"), node(4)), INDEX)
    assert [one["number"] for one in members_of(made)] == [1, 4]
    assert [one["keys"] > 0 for one in made["nodes"]] == [True, False, False, True]
    assert [one["tokens"] for one in made["nodes"]] == [6, 6, 6, 6], "tokens are those it has or would have"
    assert sum(one["keys"] for one in made["nodes"]) == len(KEYS)
    assert sum(one["ownership"] for one in made["nodes"]) == pytest.approx(1)


@pytest.mark.parametrize("strategy", ["ring", "modulo"])
@pytest.mark.parametrize(
    "nodes",
    [
        (),
        (node(1),),
        (node(1, weight=0.0),),
        (node(1, state="down"),),
        (node(1, weight=0.0), node(2), node(3, weight=2.5), node(9, state="down"), node(12, weight=0.01)),
    ],
)
def test_figures_are_those_of_plain_python(strategy, nodes):
    made = with_figures(state(*nodes, strategy=strategy), INDEX)
    expected = plain.figures(made, KEYS)
    for one in made["nodes"]:
        keys, ownership, tokens = expected[one["number"]]
        assert (one["keys"], one["tokens"]) == (keys, tokens)
        assert one["ownership"] == pytest.approx(ownership)


def test_figures_leave_the_state_that_they_were_asked_of():
    before = state(node(1), node(2))
    with_figures(before, INDEX)
    assert before == state(node(1), node(2))


@pytest.mark.parametrize(("weight", "tokens"), [(0.0, 0), (0.001, 1), (1.0, 6), (1.5, 9), (100.0, 600)])
def test_tokens_follow_the_weight_and_modulo_has_none(weight, tokens):
    assert token_count(state()["cluster"], weight) == tokens
    assert token_count(state(strategy="modulo")["cluster"], weight) == 0


def test_the_placement_of_the_same_members_is_made_once():
    placing._built.cache_clear()
    one = strategy_of(state(node(1), node(2, address="x")))
    assert strategy_of(state(node(1), node(2, keys=5), node(3, state="down"))) is one
    for other in (state(node(1)), state(node(1), node(2), seed=1), state(node(1), node(2), vnodes=7)):
        assert strategy_of(other) is not one


def test_changed_figures_are_of_nodes_on_both_sides_but_the_one_that_is_told_whole():
    before = state(node(1, keys=1), node(2, keys=2), node(3, tokens=3), node(4), node(5, keys=1))
    after = state(node(1, keys=9), node(2, keys=2), node(3, tokens=4), node(5, ownership=0.5), node(6, keys=3))
    assert changed_figures(before, after, without=1) == [
        {"number": 3, "keys": 0, "ownership": 0.0, "tokens": 4},
        {"number": 5, "keys": 0, "ownership": 0.5},
    ]
    assert changed_figures(before, before) == []


def test_nobody_is_0_among_the_numbers():
    assert numbers_by_name(state(node(1)), state(node(2))) == {None: 0, "n1": 1, "n2": 2}


def test_numbers_travel_as_little_endian_words():
    assert base64.b64decode(base64_words(np.array([1, 2**32 - 1]))) == b"\x01\0\0\0\xff\xff\xff\xff"


def test_a_summary_between_equal_states_is_of_nothing_moved():
    same = state(node(1), node(2))
    told = movement_summary(same, same, INDEX)
    assert told == {
        "keys": 500,
        "moved": 0,
        "needless": 0,
        "modulo": {"moved": 0},
        "copies": {"total": 1000, "moved": 0},
        "pairs": [],
        "pairs_left_off": 0,
        "ranges": "",
    }


def test_numbers_and_not_places_stand_in_a_summary():
    before = state(node(3), node(70), node(200))
    after = state(node(3), node(200), node(70, state="down"))
    told = movement_summary(before, after, INDEX)
    assert {(source, target) for source, target, _keys in told["pairs"]} == {(70, 3), (70, 200)}
    ranges = np.frombuffer(base64.b64decode(told["ranges"] or ""), "<u4").reshape(-1, 4)
    assert set(map(tuple, ranges[:, 2:].tolist())) == {(70, 3), (70, 200)}
