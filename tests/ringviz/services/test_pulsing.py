"""Short freezes as a setting of a node: requested as a freeze is, reported at once, ended by any act on its server."""

from __future__ import annotations

from typing import Any

import pytest

from ringviz.errors import Invalid
from ringviz.models import Intent, Node
from ringviz.services import decisions, served
from ringviz.services.actions import decision_of
from ringviz.services.changing import change
from ringviz.services.undo import undo
from tests.ringviz.making import OPERATOR, everything, make_cluster, node_of, state_of
from tests.ringviz.services.asking import ADDRESSES, ask, form, found, v

PULSE = {"for_ms": 300, "every_ms": 1_000}


@pytest.fixture(autouse=True)
def formed(db):
    form()


def pulse(number: int = 2, frozen: int = 300, every: int = 1_000):
    fields: Any = {"for": frozen, "every": every}
    return ask("freeze", node=number, **fields)


def take_back(version: int):
    return undo(slug="small", actor=OPERATOR, version=version)


def test_a_pulse_is_a_setting_that_waits_for_nobody():
    event = pulse()
    assert (event.kind, event.payload["before"]) == ("node_pulsed", None)
    assert node_of(2)["pulse"] == PULSE
    assert node_of(2)["state"] == "active"
    assert not Intent.objects.filter(action="freeze").exists()
    assert state_of()["work"] == []


def test_another_pulse_takes_its_place_and_the_same_is_refused():
    pulse()
    assert pulse(frozen=8, every=10).payload["before"] == PULSE
    with pytest.raises(Invalid, match=r"b already freezes like this"):
        pulse(frozen=8, every=10)


def test_a_thaw_ends_it_at_once():
    pulse()
    event = ask("thaw", node=2)
    assert (event.kind, event.payload["before"]) == ("node_pulsed", PULSE)
    assert "pulse" not in node_of(2)
    assert Node.objects.get(cluster__slug="small", number=2).pulse is None
    assert state_of()["work"] == []
    with pytest.raises(Invalid, match="b is active"):
        ask("thaw", node=2)


@pytest.mark.parametrize(
    ("frozen", "every", "field", "words"),
    [
        (0, 1_000, "for", "lasts 1 to 800 ms"),
        (801, 10_000, "for", "lasts 1 to 800 ms"),
        (300, 10_001, "every", "every 10,000 ms or more often"),
        (300, 300, "every", "at most 80 % of the time"),
        (801, 1_000, "for", "lasts 1 to 800 ms"),
        (9, 11, "every", "at most 80 % of the time"),
        (1, 0, "every", "at most 80 % of the time"),
        ("", 1_000, "for", "Give both"),
        (300, "", "every", "Give both"),
        ("soon", 1_000, "for", "whole number"),
    ],
)
def test_what_is_out_of_bounds_is_refused(frozen, every, field, words):
    before = everything()
    with pytest.raises(Invalid, match=words) as refused:
        pulse(frozen=frozen, every=every)
    assert refused.value.field == field
    assert everything() == before


@pytest.mark.parametrize(("frozen", "every"), [(1, 2), (4, 5), (8, 10), (800, 1_000), (800, 10_000)])
def test_what_is_within_bounds_is_taken(frozen, every):
    pulse(frozen=frozen, every=every)
    assert node_of(2)["pulse"] == {"for_ms": frozen, "every_ms": every}


def test_only_an_active_node_pulses():
    found(served.suspected(2))
    with pytest.raises(Invalid, match="b is suspected"):
        pulse()


def test_a_simulated_node_has_no_server_that_could_pulse(db):
    make_cluster(slug="drawn")
    decision = decision_of("freeze", {"node": "1", "for": "300", "every": "1000"})
    with pytest.raises(Invalid, match="simulated"):
        change(slug="drawn", actor=OPERATOR, version=None, decision=decision)


ENDS = {
    "killed": lambda: decisions.died(2, cause="asked"),
    "failed over": lambda: decisions.died(2, cause="exit", replica="127.0.0.1:7009"),
    "drained": lambda: served.without_server(decisions.drain(2)),
    "restarted": lambda: served.restart(2, address="127.0.0.1:7009"),
    "frozen for good": lambda: served.freeze(2),
}


@pytest.mark.parametrize("what", ENDS)
def test_a_pulse_ends_with_what_is_done_to_its_server(what):
    pulse()
    found(ENDS[what]())
    assert "pulse" not in node_of(2)
    assert Node.objects.get(cluster__slug="small", number=2).pulse is None


def test_a_pulse_stays_while_its_server_is_suspected_edited_or_weighed():
    pulse()
    found(served.suspected(2))
    found(served.cleared(2))
    ask("edit", node=2, address=ADDRESSES[2], zone="b")
    found(decisions.reweight(2, 2.0))
    found(served.refilled([], keys=1, ms=1))
    assert node_of(2)["pulse"] == PULSE


def test_an_undo_takes_back_the_beginning_the_change_and_the_end_of_a_pulse():
    pulse()
    pulse(frozen=8, every=10)
    back = take_back(v())
    assert (back.kind, node_of(2)["pulse"]) == ("node_pulsed", PULSE)
    ask("thaw", node=2)
    back = take_back(v())
    assert node_of(2)["pulse"] == PULSE
    assert back.payload["undoes"] == back.version - 1
    ask("thaw", node=2)
    begun = pulse(3)
    assert take_back(begun.version).kind == "node_pulsed"
    assert "pulse" not in node_of(3)
