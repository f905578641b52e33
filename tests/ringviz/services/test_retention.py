"""The log stays within its bound: every state above its floor can be rebuilt exactly, the rest is reported as gone."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from live import keeping
from live.models import Checkpoint, Event
from live.reading import floor, head
from ringviz.core.state import State
from ringviz.errors import Invalid
from ringviz.selectors.past import Trimmed, event_at, state_at
from ringviz.services.undo import undo
from tests.ringviz.making import OPERATOR, make_cluster, state_of
from tests.ringviz.nodes import add_node, edit_node

ON: dict[str, Any] = {"slug": "small", "actor": OPERATOR}
EVENTS = 23


@pytest.fixture
def states(db, settings, monkeypatch) -> dict[int, State]:
    """The states of versions 1 to 23, with a checkpoint every 4 versions and at least 6 events kept."""
    settings.EVENT_RETENTION = 6
    monkeypatch.setattr(keeping, "CHECKPOINT_EVERY", 4)
    make_cluster()
    seen = {1: state_of()}
    for version in range(2, EVENTS + 1):
        if version % 2:
            edit_node(**ON, number=1, address=f"{version}", zone="")
        else:
            add_node(**ON, name=f"n{version}")
        seen[version] = state_of()
    return seen


@pytest.fixture
def stream_id(states) -> int:
    return Event.objects.values_list("stream_id", flat=True).distinct().get()


def test_old_events_and_checkpoints_are_let_go(states, stream_id):
    # At version 20 the newest checkpoint at least 6 versions below was that of version 12.
    assert floor(stream_id) == 12
    assert Event.objects.count() == EVENTS - 12
    assert list(Checkpoint.objects.values_list("version", flat=True)) == [12, 16, 20]


def test_every_state_from_the_floor_on_is_what_it_was(states, stream_id):
    for version in range(12, EVENTS + 1):
        assert state_at(stream_id, version) == states[version], version


@pytest.mark.parametrize("version", [1, 5, 11])
def test_what_is_below_the_floor_is_told_to_be_gone(states, stream_id, version):
    with pytest.raises(Trimmed, match=f"starts at version 12. Version {version} is no longer kept"):
        state_at(stream_id, version)


def test_the_floor_has_a_state_and_no_event(states, stream_id):
    assert event_at(stream_id, 12) is None
    event = event_at(stream_id, 13)
    assert event is not None
    assert event.version == 13


def test_the_newest_event_can_be_undone_and_the_floors_cannot(states, stream_id):
    with pytest.raises(Invalid, match="nothing before"):
        undo(**ON, version=12)
    assert undo(**ON, version=EVENTS).payload["undoes"] == EVENTS
    assert state_of()["nodes"] == states[EVENTS - 1]["nodes"]


def test_the_first_event_above_the_floor_is_undone_by_the_checkpoint(db, settings, monkeypatch):
    settings.EVENT_RETENTION = 1
    monkeypatch.setattr(keeping, "CHECKPOINT_EVERY", 2)
    make_cluster()
    for number in (1, 2, 3):
        edit_node(**ON, number=number, address="x", zone="")
    before = state_of()
    event = edit_node(**ON, number=1, address="y", zone="")
    assert floor(event.stream_id) >= 2
    undo(**ON, version=event.version)
    assert state_of() == before


def test_within_the_bound_nothing_goes(db, settings, monkeypatch):
    settings.EVENT_RETENTION = 100
    monkeypatch.setattr(keeping, "CHECKPOINT_EVERY", 2)
    make_cluster()
    for version in range(8):
        edit_node(**ON, number=1, address=f"{version}", zone="")
    assert Event.objects.count() == 9


def test_an_event_stands_though_its_checkpoint_cannot_be_kept(db, settings, monkeypatch, caplog):
    monkeypatch.setattr(keeping, "CHECKPOINT_EVERY", 1)
    stream_id = make_cluster().stream_id
    Event.objects.all().delete()  # so that no state can be rebuilt
    with caplog.at_level(logging.ERROR):
        event = edit_node(**ON, number=1, address="x", zone="")
    assert head(stream_id).version == event.version == 2
    assert "No checkpoint" in caplog.text
