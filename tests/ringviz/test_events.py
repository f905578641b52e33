"""The kinds of event: exactly the declared fields, and no person's name among them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from live.log import event_frame
from live.payloads import UndeclaredField, check
from live.subjects import declared
from ringviz import events
from ringviz.events import ring
from tests.ringviz.external.story import external_story
from tests.ringviz.served_story import served_story
from tests.ringviz.story import Step, story

KINDS = {
    "cluster_created",
    "node_added",
    "node_killed",
    "node_revived",
    "node_drained",
    "node_reweighted",
    "node_edited",
    "node_removed",
    "cluster_reconfigured",
    "keys_imported",
    "keys_refilled",
    "keys_lost",
    "cluster_formed",
    "work_asked",
    "work_cancelling",
    "work_ended",
    "workload_set",
    "verdict_delay_set",
    "node_suspected",
    "node_cleared",
    "node_frozen",
    "node_thawed",
    "node_pulsed",
    "node_restarted",
    "node_failed_over",
    "external_seen",
    "external_moved",
}


@pytest.fixture
def steps(db) -> list[Step]:
    return [*story(), *served_story(), *external_story()]


def test_these_are_the_kinds_of_the_wire():
    assert set(ring.kinds) == KINDS


def test_every_payload_on_the_wire_is_as_declared(steps):
    for step in steps:
        wire = json.loads(json.dumps(step.event.payload))
        check(wire, declared(step.event.kind).payload, step.event.kind)


def test_a_field_that_is_not_declared_is_refused_at_any_depth(steps):
    payload: dict[str, Any] = next(step.event.payload for step in steps if step.event.kind == "node_killed")
    for spoilt in (
        {**payload, "actor": "ada"},
        {**payload, "node": {**payload["node"], "password": "x"}},
        {**payload, "movement": {**payload["movement"], "who": "x"}},
        {**payload, "changed": [{"number": 1, "keys": 1, "ownership": 0.1, "actor": "x"}]},
    ):
        with pytest.raises(UndeclaredField):
            check(spoilt, events.NodeKilled, "node_killed")
    with pytest.raises(UndeclaredField):
        check({name: value for name, value in payload.items() if name != "changed"}, events.NodeKilled, "node_killed")


def test_who_acted_is_in_no_frame(steps):
    for step in steps:
        frame = event_frame(step.event)
        assert frame.keys() - {"key"} == {"type", "v", "kind", "at", "payload"}
        assert "teller" not in json.dumps(frame)
