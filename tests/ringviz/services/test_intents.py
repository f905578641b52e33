"""On a managed cluster an operator asks: an event and a row that waits, and nothing is done. No supervisor here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from live.models import Event
from ringviz.bounds import MAX_INTENT_KEY, MAX_OPEN_WORK, MAX_RATE
from ringviz.errors import Invalid, NotAllowed, NotFound, Refused, StaleVersion
from ringviz.models import Intent
from ringviz.selectors.clusters import known
from ringviz.services import decisions, served
from ringviz.services.actions import decision_of
from ringviz.services.changing import change, report
from ringviz.services.planning import make_plan
from ringviz.services.undo import undo
from tests.ringviz.making import OPERATOR, WATCHER, everything, make_cluster, node_of, state_of

ADDRESSES = {1: "127.0.0.1:7001", 2: "127.0.0.1:7002", 3: "127.0.0.1:7003"}


@pytest.fixture(autouse=True)
def managed(db):
    """Three nodes of 200 keys, formed and filled as far as the log knows; nothing waits."""
    make_cluster(kind="managed", memory=8 * 2**20)
    formed = served.formed(ADDRESSES)
    report(slug="small", actor=OPERATOR, decision=ending(1, formed), guard=lambda: None)
    found(served.refilled([], keys=200, ms=1))


def ending(work: int, decision: decisions.Decision) -> decisions.Decision:
    return replace(decision, decide=lambda on: replace(decision(on), work=work))  # type: ignore[arg-type]


def found(decision: decisions.Decision) -> Event:
    return report(slug="small", actor=OPERATOR, decision=decision, guard=lambda: None)


def ask(action: str, *, version: int | None = None, key: str = "", actor: Any = OPERATOR, **fields: Any) -> Event:
    told = {name: str(value) for name, value in fields.items()}
    return change(slug="small", actor=actor, version=version, decision=decision_of(action, told), key=key)


def v() -> int:
    return known("small").v


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
    with pytest.raises(Invalid, match="node d already"):
        ask("add", name="d")
    assert ask("add", name="e").payload["node"]["number"] == 5


@pytest.mark.parametrize("key", ["a-click", ""])
@pytest.mark.parametrize("action", ASKED)
def test_the_same_click_is_answered_with_the_same_event(action, key):
    version = v()
    events = {ask(action, version=version, key=key, **ASKED[action]).pk for _ in range(3)}
    assert len(events) == 1
    assert len(state_of()["work"]) == 1


@pytest.mark.parametrize("action", ["kill", "add", "configure"])
def test_the_same_click_in_between_is_answered_with_its_event(action):
    """Two with one key and no version look at once, and neither sees the other's row."""
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
    """The derived key is bounded; what it stands for is not."""
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
    with pytest.raises(Invalid, match="asked already"):
        ask("kill", node=1)
    ask("kill", node=2)


def test_so_much_may_wait_and_no_more():
    for number in range(MAX_OPEN_WORK):
        ask("add", name=f"n{number}")
    before = everything()
    with pytest.raises(Invalid, match="16 things wait"):
        ask("kill", node=1)
    assert everything() == before


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


def test_cancelling_is_told_at_once_and_once():
    event = ask("kill", node=1)
    cancelled = ask("cancel", work=event.version)
    assert (cancelled.kind, state_of()["work"][0]["cancelling"]) == ("work_cancelling", True)
    assert Intent.objects.get(number=event.version).cancelling
    with pytest.raises(Invalid, match="being cancelled already"):
        ask("cancel", work=event.version)
    found(served.ended(event.version, "cancelled", "", None))
    with pytest.raises(NotFound, match="ended already"):
        ask("cancel", work=event.version)
    assert Intent.objects.get(number=event.version).state == "cancelled"


def test_a_cancelled_addition_leaves_no_node():
    event = ask("add", name="d")
    found(served.ended(event.version, "cancelled", "", None))
    assert [node["number"] for node in state_of()["nodes"]] == [1, 2, 3]


def test_asking_is_undone_by_cancelling():
    event = ask("kill", node=1)
    undone = undo(slug="small", actor=OPERATOR, version=event.version)
    assert (undone.kind, state_of()["work"][0]["cancelling"]) == ("work_cancelling", True)


@pytest.mark.parametrize(
    ("done", "action"),
    [
        (decisions.died(1, cause="asked"), "revive"),
        (decisions.drain(1), "revive"),
        (served.freeze(1), "thaw"),
        (decisions.remove(1), "add"),
        (decisions.reweight(1, 2.0), "reweight"),
        (decisions.configure(vnodes=16), "configure"),
    ],
    ids=["killed", "drained", "frozen", "removed", "reweighted", "reconfigured"],
)
def test_an_undo_is_asked_for_as_what_comes_closest(done, action):
    event = found(done)
    asked = undo(slug="small", actor=OPERATOR, version=event.version)
    assert (asked.kind, asked.payload["asked"]["action"]) == ("work_asked", action)
    row = Intent.objects.get(number=asked.version)
    assert row.fields["undoes"] == str(event.version)
    decision_of(row.action, row.fields)


def test_a_restart_cannot_be_taken_back():
    event = found(served.restart(1))
    with pytest.raises(Invalid, match="happened to a server"):
        undo(slug="small", actor=OPERATOR, version=event.version)


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
    assert change(**on, decision=decisions.add(name="d"), key="k").kind == "node_added"
    for decision in (served.freeze(2), served.restart(2), served.thaw(2)):
        with pytest.raises(Refused, match="simulated"):
            change(**on, decision=decision)
    assert not Intent.objects.filter(cluster__slug="drawn").exists()
