"""On a managed cluster an operator's request is an event and a waiting row; nothing is done yet. No supervisor here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from live.models import Event
from ringviz.bounds import MAX_INTENT_KEY, MAX_OPEN_WORK, MAX_RATE
from ringviz.errors import Invalid, NotAllowed, Refused, StaleVersion
from ringviz.models import Intent
from ringviz.selectors.clusters import known
from ringviz.services import decisions, intents, served
from ringviz.services.actions import decision_of
from ringviz.services.changing import change, report
from ringviz.services.planning import make_plan
from ringviz.services.undo import undo
from tests.ringviz.making import OPERATOR, WATCHER, everything, make_cluster, node_of, state_of
from tests.ringviz.services.asking import ADDRESSES, ask, ending, form, found, v


@pytest.fixture(autouse=True)
def formed(db):
    form()


ASKED: dict[str, dict[str, Any]] = {
    "add": {"name": "d"},
    "kill": {"node": 1},
    "freeze": {"node": 1},
    "restart": {"node": 1},
    "drain": {"node": 1},
    "remove": {"node": 1},
    "reweight": {"node": 1, "weight": 2},
    "configure": {"vnodes": 16},
}


@pytest.mark.parametrize("action", ASKED)
def test_what_concerns_servers_is_asked_for(action):
    before = state_of()
    event = ask(action, **ASKED[action])
    assert event.kind == "work_asked"
    [work] = state_of()["work"]
    row = Intent.objects.get(number=event.version)
    assert (work["id"], work["action"], work["v"]) == (event.version, action, event.version - 1)
    assert (row.action, row.state, row.actor, row.node) == (action, "waiting", "ada", work["node"])
    assert decision_of(row.action, row.fields).fields == row.fields  # the supervisor reads it back
    if action != "add":
        assert {**state_of(), "work": []} == before


@pytest.mark.parametrize(
    ("action", "fields", "kind"),
    [
        ("edit", {"node": 1, "address": ADDRESSES[1], "zone": "b"}, "node_edited"),
        ("configure", {"copies": 2}, "cluster_reconfigured"),
        ("workload", {"on": 1, "rate": 100, "distribution": "zipf", "reads": 0.9}, "workload_set"),
    ],
)
def test_what_concerns_no_server_changes_at_once_and_is_taken_back_at_once(action, fields, kind):
    before = state_of()
    event = ask(action, **fields)
    assert (event.kind, state_of()["work"]) == (kind, [])
    undone = undo(slug="small", actor=OPERATOR, version=event.version)
    assert (undone.kind, undone.payload["undoes"]) == (kind, event.version)
    assert state_of()["cluster"] == before["cluster"]


def test_what_is_to_join_stands_there_and_has_no_key():
    event = ask("add", name="d", address="elsewhere:1")
    node = node_of(4)
    assert (node["state"], node["keys"], node["address"]) == ("joining", 0, "")
    assert event.payload["node"]["number"] == 4
    with pytest.raises(Invalid, match="already a node named d"):
        ask("add", name="d")
    assert ask("add", name="e").payload["node"]["number"] == 5


@pytest.mark.parametrize("key", ["a-click", ""])
@pytest.mark.parametrize("action", ASKED)
def test_the_same_click_is_answered_with_the_same_event(action, key):
    version = v()
    events = {ask(action, version=version, key=key, **ASKED[action]).pk for _ in range(3)}
    assert len(events) == 1
    assert len(state_of()["work"]) == 1


@pytest.fixture
def other():
    """A second cluster, formed like the first, so that their intents have the same numbers."""
    make_cluster("other", kind="managed", memory=8 * 2**20)
    report(slug="other", actor=OPERATOR, decision=ending(1, served.formed(ADDRESSES)), guard=lambda: None)
    report(slug="other", actor=OPERATOR, decision=served.refilled([], keys=200, ms=1), guard=lambda: None)
    return "other"


def test_a_key_is_one_clusters_and_asks_another_anew(other):
    """One cluster has an intent; the other has an event of its own."""
    decision = decision_of("kill", {"node": "1"})
    on: dict[str, Any] = {"slug": other, "actor": OPERATOR, "version": None, "key": "a-click"}
    for node in (2, 3):
        report(slug=other, actor=OPERATOR, decision=served.suspected(node), guard=lambda: None)
    ours = [ask("kill", node=1, key="a-click").pk for _ in range(2)]
    theirs = [change(**on, decision=decision)]
    for node in (2, 3):
        found(served.suspected(node))
    theirs.append(change(**on, decision=decision))
    assert len(set(ours)) == 1
    assert {event.pk for event in theirs}.isdisjoint(ours)
    assert {(event.pk, event.stream_id) for event in theirs} == {(theirs[0].pk, known(other).cluster.stream_id)}
    assert [len(state_of(slug)["work"]) for slug in ("small", other)] == [1, 1]


def test_what_becomes_of_an_intent_leaves_that_of_another_cluster_with_its_number(other):
    event = ask("kill", node=1)
    on: dict[str, Any] = {"slug": other, "actor": OPERATOR, "version": None}
    same = change(**on, decision=decision_of("kill", {"node": "1"}))
    assert same.version == event.version
    ask("cancel", work=event.version)
    found(served.ended(event.version, "cancelled", "", None))
    row = Intent.objects.get(cluster__slug=other, number=same.version)
    assert (row.cancelling, row.state, row.ended_at) == (False, "waiting", None)


@pytest.mark.parametrize("action", ["kill", "add", "configure"])
def test_the_same_click_in_between_is_answered_with_its_event(action):
    """Two requests with the same key and no version look at once, and neither sees the other's row."""
    decision = decision_of(action, {n: str(f) for n, f in ASKED[action].items()})
    first: list[Event] = []

    def decide(on):
        if not first:
            first.append(ask(action, key="a-click", **ASKED[action]))
        return decision(on)

    late = replace(decision, decide=decide)
    second = change(slug="small", actor=OPERATOR, version=None, decision=late, key="a-click")
    assert second.pk == first[0].pk
    assert len(state_of()["work"]) == 1


def test_another_click_on_what_changed_meanwhile_is_stale():
    version = v()
    ask("kill", version=version, node=1)
    with pytest.raises(StaleVersion):
        ask("kill", version=version, node=2)


def test_long_clicks_that_differ_at_their_end_are_two():
    """The derived key has a maximum length; what it stands for has not."""
    version, address = v(), "x" * 120
    ask("add", version=version, address=address, name="d")
    with pytest.raises(StaleVersion):
        ask("add", version=version, address=address, name="e")


def test_a_key_is_bounded_and_cannot_be_one_of_ours():
    for key in ("k" * (MAX_INTENT_KEY + 1), "#1", f"#{v() + 1}"):
        with pytest.raises(Invalid) as refused:
            ask("kill", node=1, key=key)
        assert refused.value.field == "key"
    assert ask("kill", node=1, key="form").kind == "work_asked"
    assert ask("kill", node=2, key="k" * MAX_INTENT_KEY).kind == "work_asked"


def test_the_same_for_the_same_node_is_refused_while_it_waits():
    ask("kill", node=1)
    with pytest.raises(Invalid, match="already requested"):
        ask("kill", node=1)
    ask("kill", node=2)
    ask("restart", node=1)


def test_so_much_may_wait_and_no_more():
    for number in range(MAX_OPEN_WORK):
        ask("add", name=f"n{number}")
    before = everything()
    with pytest.raises(Invalid, match="16 requests are already waiting"):
        ask("kill", node=1)
    assert everything() == before


JOINS: dict[str, dict[str, Any]] = {"add": {"name": "d"}, "revive": {"node": 1}}


def test_a_revival_needs_a_server_as_an_addition_does(monkeypatch):
    found(decisions.died(1, cause="exit"))
    monkeypatch.setattr(intents, "MAX_SERVED_NODES", 2)
    for action, fields in JOINS.items():
        with pytest.raises(Invalid, match="at most 2 servers"):
            ask(action, **fields)
    monkeypatch.setattr(intents, "MAX_SERVED_NODES", 3)
    ask("revive", node=1)


def test_a_revival_needs_memory_as_an_addition_does(settings):
    found(decisions.died(1, cause="exit"))
    settings.SERVERS_MEMORY_MIB = 3 * 8 - 1
    for action, fields in JOINS.items():
        with pytest.raises(Invalid, match="SERVERS_MEMORY_MIB"):
            ask(action, **fields)
    settings.SERVERS_MEMORY_MIB = 3 * 8
    ask("revive", node=1)


def test_what_joins_needs_memory_for_its_replica_too(settings):
    make_cluster("twice", nodes=("a",), kind="managed", replicas=1, memory=8 * 2**20)
    settings.SERVERS_MEMORY_MIB = (3 + 2 + 1) * 8
    with pytest.raises(Invalid, match="SERVERS_MEMORY_MIB"):
        change(slug="twice", actor=OPERATOR, version=None, decision=decisions.add(name="b"))
    ask("add", name="d")


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("joining", "kill", {}),
    ("down", "kill", {}),
    ("down", "freeze", {}),
    ("down", "thaw", {}),
    ("down", "restart", {}),
    ("active", "thaw", {}),
    ("active", "revive", {}),
    ("draining", "kill", {}),
    ("draining", "freeze", {}),
    ("frozen", "drain", {}),
]


@pytest.mark.parametrize(("state", "action", "fields"), REFUSED)
def test_what_cannot_be_is_refused_in_words(state, action, fields):
    number = 1
    if state == "joining":
        ask("add", name="d")
        number = 4
    elif state == "down":
        found(decisions.died(1, cause="exit"))
    elif state == "draining":
        found(decisions.drain(1))
    elif state == "frozen":
        found(served.freeze(1))
    before = everything()
    with pytest.raises(Invalid) as refused:
        ask(action, node=number, **fields)
    assert (refused.value.field, node_of(number)["name"] in refused.value.message) == ("node", True)
    assert everything() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("rate", 0), ("rate", MAX_RATE + 1), ("rate", "x"), ("reads", 1.1), ("reads", "nan"), ("distribution", "flat")],
)
def test_a_workload_has_bounds(field, value):
    fields = {"on": 1, "rate": 100, "distribution": "zipf", "reads": 0.9, field: value}
    with pytest.raises(Invalid) as refused:
        ask("workload", **fields)
    assert refused.value.field == field


def test_a_plan_of_a_kill_tells_the_loss_and_writes_nothing():
    before = everything()
    made = make_plan("small", decisions.kill(1))
    assert made.kind == "node_killed"
    assert made.payload["loss"]["keys"] == node_of(1)["keys"] > 0  # type: ignore[index]
    assert made.payload["unfilled"]
    assert everything() == before


def test_who_watches_asks_for_nothing():
    before = everything()
    for action, fields in ASKED.items():
        with pytest.raises(NotAllowed):
            ask(action, actor=WATCHER, **fields)
    assert everything() == before
    assert Intent.objects.count() == 1  # the first, of forming


def test_a_simulated_cluster_never_asks():
    make_cluster("drawn")
    on: dict[str, Any] = {"slug": "drawn", "actor": OPERATOR, "version": None}
    assert change(**on, decision=decisions.kill(1), key="k").kind == "node_killed"
    assert change(**on, decision=decisions.add(name="d"), key="l").kind == "node_added"
    for decision in (served.freeze(2), served.restart(2), served.thaw(2)):
        with pytest.raises(Refused, match="simulated"):
            change(**on, decision=decision)
    assert not Intent.objects.filter(cluster__slug="drawn").exists()
