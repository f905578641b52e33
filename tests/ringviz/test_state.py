"""The rules of the state, one by one: they are pure, and applying an event twice is the same as once."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, cast

import pytest

from live.subjects import UndeclaredKind
from ringviz.core.state import State
from ringviz.events import apply, ring


def node(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "number": number,
        "name": f"n{number}",
        "state": "active",
        "tokens": 4,
        "keys": 9,
        "ownership": 0.5,
        **fields,
    }


def state(*nodes: dict[str, Any]) -> State:
    made: Any = {
        "cluster": {"slug": "s", "vnodes": 4},
        "keys": {"id": 1, "count": 9},
        "nodes": list(nodes),
        "work": [],
        "unfilled": [],
        "workload": None,
    }
    return cast(State, made)


def asked(id_: int, **fields: Any) -> dict[str, Any]:
    return {"id": id_, "action": "add", "node": 5, "name": "n5", "cancelling": False, **fields}


BEFORE = state(node(1), node(3), node(7))
BEFORE["work"] = cast(Any, [asked(4), asked(6)])
BEFORE["unfilled"] = [[0, 9]]
CHANGED = [{"number": 3, "keys": 5, "ownership": 0.25}, {"number": 99, "keys": 1, "ownership": 0.1}]
EVENTS: dict[str, dict[str, Any]] = {
    "cluster_created": dict(state(node(1))),
    "node_added": {"node": node(5), "changed": CHANGED},
    "node_killed": {"node": node(7, state="down", keys=0), "changed": CHANGED},
    "node_revived": {"node": node(1, state="active"), "changed": CHANGED},
    "node_drained": {"node": node(1, state="draining"), "changed": CHANGED},
    "node_reweighted": {"node": node(1, weight=2.0), "changed": CHANGED},
    "node_edited": {"node": node(1, address="x"), "changed": []},
    "node_removed": {"number": 1, "name": "n1", "changed": CHANGED},
    "cluster_reconfigured": {"cluster": {"slug": "s", "vnodes": 8}, "changed": [{**CHANGED[0], "tokens": 8}]},
    "keys_imported": {"keys": {"id": 2, "count": 5}, "changed": CHANGED},
    "cluster_formed": {"nodes": [node(1, address="x"), node(3), node(7)], "unfilled": [[0, 99]], "work": 4},
    "work_asked": {"asked": asked(8), "node": node(5, state="joining")},
    "work_cancelling": {"asked": asked(4, cancelling=True)},
    "work_ended": {"work": 4, "asked": asked(4), "outcome": "failed", "why": "", "node": None, "gone": 1},
    "workload_set": {"workload": {"on": True}, "before": None},
    "verdict_delay_set": {"delay_ms": 8_000, "before_ms": 0},
    "keys_refilled": {"keys": 5, "ms": 1, "unfilled": [], "changed": CHANGED},
    "keys_lost": {"keys": 5, "unfilled": [[0, 9]], "changed": CHANGED},
    "node_suspected": {"node": node(1, state="suspected"), "changed": []},
    "node_cleared": {"node": node(1, since="now"), "changed": []},
    "node_frozen": {"node": node(1, state="frozen"), "changed": [], "work": 4},
    "node_thawed": {"node": node(1, since="now"), "changed": [], "work": 4},
    "node_pulsed": {"node": node(1, pulse={"for_ms": 8, "every_ms": 10}), "changed": [], "work": 4, "before": None},
    "node_restarted": {"node": node(1, address="y"), "changed": [], "work": 4},
    "node_failed_over": {"node": node(1, address="z"), "changed": [], "cause": "exit"},
    "external_seen": {"nodes": [node(1, slots=[[0, 9]], replicas=[])]},
    "external_moved": {"address": "10.0.0.9:6379", "before": "10.0.0.1:6379"},
}
ONLY_TOLD = {"external_moved"}  # about what is not part of the state
every_kind = pytest.mark.parametrize("kind", EVENTS)


def test_every_kind_has_a_rule_tested_here():
    assert EVENTS.keys() == set(ring.kinds)


@every_kind
def test_a_second_time_changes_nothing(kind):
    once = apply(BEFORE, kind, EVENTS[kind])
    assert apply(once, kind, EVENTS[kind]) == once
    assert (once == BEFORE) == (kind in ONLY_TOLD)


@every_kind
def test_what_is_given_stays_as_it_is(kind):
    before, payload = deepcopy(BEFORE), deepcopy(EVENTS[kind])
    apply(before, kind, payload)
    assert (before, payload) == (BEFORE, EVENTS[kind])


@pytest.mark.parametrize("kind", [kind for kind, payload in EVENTS.items() if payload.get("changed")])
def test_figures_go_to_the_nodes_that_they_name_and_to_no_other(kind):
    nodes = {one["number"]: one for one in apply(BEFORE, kind, EVENTS[kind])["nodes"]}
    assert (nodes[3]["keys"], nodes[3]["ownership"]) == (5, 0.25)
    assert nodes[3]["tokens"] == (8 if kind == "cluster_reconfigured" else 4)
    assert 99 not in nodes
    if kind != "node_killed":
        assert nodes[7] == node(7)


@pytest.mark.parametrize("kind", [kind for kind, payload in EVENTS.items() if payload.get("work")])
def test_an_event_ends_the_intent_that_it_names_and_no_other(kind):
    assert [one["id"] for one in apply(BEFORE, kind, EVENTS[kind])["work"]] == [6]
    assert [one["id"] for one in apply(BEFORE, kind, {**EVENTS[kind], "work": 6})["work"]] == [4]


def test_what_is_asked_waits_behind_what_was_asked_before_and_its_node_is_joining():
    after = apply(BEFORE, "work_asked", EVENTS["work_asked"])
    assert [one["id"] for one in after["work"]] == [4, 6, 8]
    assert [(one["number"], one["state"]) for one in after["nodes"]][2] == (5, "joining")


def test_only_the_intent_that_was_cancelled_is_being_cancelled():
    after = apply(BEFORE, "work_cancelling", EVENTS["work_cancelling"])
    assert [one["cancelling"] for one in after["work"]] == [True, False]


def test_a_second_cancel_revives_no_work_that_was_cancelled_before():
    both = apply(
        apply(BEFORE, "work_cancelling", EVENTS["work_cancelling"]),
        "work_cancelling",
        {"asked": asked(6, cancelling=True)},
    )
    assert [one["cancelling"] for one in both["work"]] == [True, True]


def test_what_came_to_nothing_leaves_the_node_as_it_was_or_none():
    gone = apply(BEFORE, "work_ended", EVENTS["work_ended"])
    assert [one["number"] for one in gone["nodes"]] == [3, 7]
    back = apply(BEFORE, "work_ended", {**EVENTS["work_ended"], "gone": 0, "node": node(3, state="down")})
    assert [one["state"] for one in back["nodes"]] == ["active", "down", "active"]


def test_buckets_stay_unfilled_until_an_event_tells_otherwise():
    assert apply(BEFORE, "node_frozen", EVENTS["node_frozen"])["unfilled"] == [[0, 9]]
    assert apply(BEFORE, "node_killed", {**EVENTS["node_killed"], "unfilled": None})["unfilled"] == [[0, 9]]
    assert apply(BEFORE, "node_killed", {**EVENTS["node_killed"], "unfilled": [[0, 20]]})["unfilled"] == [[0, 20]]
    assert apply(BEFORE, "keys_refilled", EVENTS["keys_refilled"])["unfilled"] == []


def test_a_log_from_before_there_were_servers_has_no_work():
    first = {name: value for name, value in EVENTS["cluster_created"].items() if name in ("cluster", "keys", "nodes")}
    after = apply(None, "cluster_created", first)
    assert (after["work"], after["unfilled"], after["workload"]) == ([], [], None)


def test_a_new_node_stands_in_the_order_of_numbers():
    assert [one["number"] for one in apply(BEFORE, "node_added", EVENTS["node_added"])["nodes"]] == [1, 3, 5, 7]


def test_a_removed_node_is_gone():
    assert [one["number"] for one in apply(BEFORE, "node_removed", EVENTS["node_removed"])["nodes"]] == [3, 7]


def test_settings_and_keys_are_put_in_their_place_whole():
    after: Any = apply(BEFORE, "cluster_reconfigured", EVENTS["cluster_reconfigured"])
    assert (after["cluster"], after["keys"]) == ({"options": {}, "slug": "s", "vnodes": 8}, BEFORE["keys"])
    after = apply(BEFORE, "keys_imported", EVENTS["keys_imported"])
    assert (after["cluster"], after["keys"]) == (BEFORE["cluster"], {"id": 2, "count": 5})


def test_the_first_event_needs_no_state_and_every_other_one_does():
    told = state(node(1))
    expected = {**told, "cluster": {"options": {}, **told["cluster"]}}
    assert apply(None, "cluster_created", EVENTS["cluster_created"]) == expected
    with pytest.raises(TypeError):
        apply(None, "node_added", EVENTS["node_added"])


@pytest.mark.parametrize("kind", ["node_painted", "", "NODE_ADDED"])
def test_a_kind_without_a_rule_is_refused(kind):
    with pytest.raises(UndeclaredKind):
        apply(BEFORE, kind, {})
