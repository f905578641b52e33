"""What is under way on a managed cluster: exactly the event that the request becomes."""

from __future__ import annotations

from typing import Any

import pytest

from ringviz.events import apply
from ringviz.models import Intent
from ringviz.selectors.clusters import known
from ringviz.services import decisions
from ringviz.services.underway import aim_of, under_way
from tests.ringviz.services.asking import ask, ending, form, found

MOVING: dict[str, tuple[dict[str, Any], str]] = {
    "add": ({"name": "d"}, "node_added"),
    "drain": ({"node": 2}, "node_drained"),
    "remove": ({"node": 2}, "node_removed"),
    "reweight": ({"node": 2, "weight": 3}, "node_reweighted"),
    "configure": ({"vnodes": 4}, "cluster_reconfigured"),
}


def movement_of(told: Any) -> dict[str, Any]:
    return dict(told["payload"]["movement"])


@pytest.fixture(autouse=True)
def formed(db) -> None:
    form()


@pytest.mark.parametrize("action", MOVING)
def test_what_is_told_while_keys_move_is_what_the_event_says_in_the_end(action):
    fields, kind = MOVING[action]
    work = ask(action, **fields).version
    told = under_way("small", work)
    assert (told["v"], told["kind"]) == (work, kind)
    assert movement_of(told)["pairs"]
    aim = aim_of(Intent.objects.get(number=work))
    assert aim is not None
    event = found(ending(work, aim))
    assert event.kind == kind
    assert event.payload["movement"] == movement_of(told)
    assert event.payload["changed"] == told["payload"]["changed"]
    assert known("small").state["work"] == []


def test_a_node_that_comes_back_is_told_of_as_it_will_be():
    drained = ask("drain", node=2).version
    aim = aim_of(Intent.objects.get(number=drained))
    assert aim is not None
    found(ending(drained, aim))
    told = under_way("small", ask("revive", node=2).version)
    assert told["kind"] == "node_revived"
    assert {to for _, to, _ in movement_of(told)["pairs"]} == {2}
    after = apply(known("small").state, told["kind"], told["payload"])
    assert after["nodes"][1]["state"] == "active"


def test_a_request_that_moves_no_keys_has_no_kind():
    assert under_way("small", ask("restart", node=1).version)["kind"] == ""


def test_what_has_ended_has_no_kind_either():
    work = ask("drain", node=2).version
    aim = aim_of(Intent.objects.get(number=work))
    assert aim is not None
    found(ending(work, aim))
    for number in (work, 99):
        assert under_way("small", number)["kind"] == ""


def test_it_is_decided_on_what_is_so_by_now():
    work = ask("drain", node=2).version
    first = movement_of(under_way("small", work))
    found(decisions.died(3, cause="exit"))
    told = under_way("small", work)
    assert told["v"] > work
    assert {to for _, to, _ in movement_of(told)["pairs"]} == {1}
    assert {to for _, to, _ in first["pairs"]} == {1, 3}
