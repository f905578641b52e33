"""Taking requests back: cancelled while they wait, undone once they are done. No supervisor here."""

from __future__ import annotations

import numpy as np
import pytest

from ringviz.core.buckets import BUCKETS
from ringviz.errors import Invalid, NotFound, StaleVersion
from ringviz.models import Intent
from ringviz.services import decisions, served
from ringviz.services.actions import decision_of
from ringviz.services.undo import undo
from tests.ringviz.making import OPERATOR, everything, node_of, state_of
from tests.ringviz.services.asking import ask, form, found, v


@pytest.fixture(autouse=True)
def formed(db):
    form()


def test_cancelling_is_told_at_once_and_once():
    event = ask("kill", node=1)
    cancelled = ask("cancel", work=event.version)
    assert (cancelled.kind, state_of()["work"][0]["cancelling"]) == ("work_cancelling", True)
    assert Intent.objects.get(number=event.version).cancelling
    with pytest.raises(Invalid, match="already being cancelled"):
        ask("cancel", work=event.version)
    found(served.ended(event.version, "cancelled", "", None))
    with pytest.raises(NotFound, match="already ended"):
        ask("cancel", work=event.version)
    assert Intent.objects.get(number=event.version).state == "cancelled"


def test_a_cancelled_addition_leaves_no_node():
    event = ask("add", name="d")
    found(served.ended(event.version, "cancelled", "", None))
    assert [node["number"] for node in state_of()["nodes"]] == [1, 2, 3]


def test_a_cancelled_revival_leaves_the_node_as_it_was():
    """The row is all that the supervisor (perhaps a new one) knows about the time before."""
    found(decisions.died(1, cause="exit"))
    before = node_of(1)
    event = ask("revive", node=1)
    assert node_of(1)["state"] == "joining"
    found(served.ended(event.version, "cancelled", "", Intent.objects.get(number=event.version).before))
    assert node_of(1) == before


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


CONSEQUENCES: dict[str, tuple[decisions.Decision, ...]] = {
    "keys_refilled": (served.refilled([], keys=70, ms=1),),
    "keys_lost": (served.lost(np.ones(BUCKETS, np.bool_)),),
    "node_suspected": (served.suspected(2),),
    "node_cleared": (served.suspected(2), served.cleared(2)),
}


@pytest.mark.parametrize("kind", CONSEQUENCES)
def test_what_follows_by_itself_is_taken_back_with_what_it_follows_from(kind):
    killed = found(decisions.died(1, cause="asked"))
    last = [found(decision) for decision in CONSEQUENCES[kind]][-1]
    assert last.kind == kind
    asked = undo(slug="small", actor=OPERATOR, version=last.version)
    assert asked.payload["asked"]["action"] == "revive"
    assert Intent.objects.get(number=asked.version).fields["undoes"] == str(killed.version)


def test_before_what_a_cluster_begins_with_there_is_nothing_to_go_back_to():
    before = everything()
    with pytest.raises(Invalid, match="nothing before"):
        undo(slug="small", actor=OPERATOR, version=v())  # formed and filled: this follows from its creation
    assert everything() == before


def test_an_undo_on_an_older_version_is_stale_and_an_undone_workload_is_the_one_before():
    ask("workload", on=1, rate=100, distribution="zipf", reads=0.9)
    second = ask("workload", on=1, rate=200, distribution="zipf", reads=0.9)
    with pytest.raises(StaleVersion):
        undo(slug="small", actor=OPERATOR, version=second.version - 1)
    undo(slug="small", actor=OPERATOR, version=second.version)
    workload = state_of()["workload"]
    assert workload is not None
    assert (workload["on"], workload["rate"]) == (True, 100)


def test_a_restart_cannot_be_taken_back():
    event = found(served.restart(1))
    with pytest.raises(Invalid, match="happened to a real server"):
        undo(slug="small", actor=OPERATOR, version=event.version)
