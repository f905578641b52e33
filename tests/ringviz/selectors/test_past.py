"""A past state of a cluster: from a checkpoint or from the first event, and never a wrong state for a version."""

from __future__ import annotations

from typing import Any

import pytest

from live import past
from live.models import Event
from live.reading import checkpoint_at_or_before
from live.retention import keep_checkpoint, trim
from ringviz.core.state import State
from ringviz.errors import NotFound
from ringviz.selectors.past import Trimmed, check_version, event_at, state_at
from tests.ringviz.making import OPERATOR, make_cluster, state_of
from tests.ringviz.nodes import edit_node


@pytest.fixture
def states(db) -> dict[int, State]:
    """Versions 1 to 9."""
    make_cluster()
    seen = {1: state_of()}
    for version in range(2, 10):
        edit_node(slug="small", actor=OPERATOR, number=1, address=f"{version}", zone="")
        seen[version] = state_of()
    return seen


@pytest.fixture
def stream_id(states) -> int:
    return Event.objects.values_list("stream_id", flat=True).distinct().get()


@pytest.mark.parametrize("at", [(), (1,), (4,), (4, 7), (9,)])
def test_checkpoints_make_no_difference(states, stream_id, at):
    for version in at:
        keep_checkpoint(stream_id, version, {"ring": states[version]})
    for version, state in states.items():
        assert state_at(stream_id, version) == state, version


def test_only_the_events_since_the_checkpoint_are_folded(states, stream_id):
    keep_checkpoint(stream_id, 6, {"ring": states[6]})
    folded: list[str] = []

    def counting(parts: past.Parts, kind: str, payload: dict[str, Any]) -> past.Parts:
        folded.append(kind)
        return past.fold(parts, kind, payload)

    assert past.parts_at(stream_id, 8, by=counting) == {"ring": states[8]}
    assert len(folded) == 2


@pytest.mark.parametrize("version", [-1, 0, 10, 99])
def test_a_version_that_never_was_is_not_found(states, stream_id, version):
    with pytest.raises(NotFound, match=f"There is no version {version}") as caught:
        state_at(stream_id, version)
    assert not isinstance(caught.value, Trimmed)


def test_a_trimmed_version_is_told_from_one_that_never_was(states, stream_id):
    keep_checkpoint(stream_id, 5, {"ring": states[5]})
    trim(stream_id, 2)
    for version in (1, 4):
        with pytest.raises(Trimmed, match=f"starts at version 5. Version {version} is no longer kept"):
            check_version(stream_id, version)
    assert [state_at(stream_id, version) == states[version] for version in range(5, 10)] == [True] * 5
    assert event_at(stream_id, 5) is None
    assert event_at(stream_id, 6) == Event.objects.get(version=6)


@pytest.mark.parametrize("based", [None, 3])
@pytest.mark.parametrize("version", [7, 8, 9])
def test_a_log_that_is_trimmed_during_the_reading_gives_no_wrong_state(states, stream_id, monkeypatch, based, version):
    if based:
        keep_checkpoint(stream_id, based, {"ring": states[based]})

    def trimmed_meanwhile(*given):
        found = checkpoint_at_or_before(*given)
        keep_checkpoint(stream_id, 8, {"ring": states[8]})
        trim(stream_id, 1)
        return found

    monkeypatch.setattr(past, "checkpoint_at_or_before", trimmed_meanwhile)
    if version >= 8:
        assert state_at(stream_id, version) == states[version]
        return
    with pytest.raises(Trimmed, match=r"starts at version 8\. Version 7 is no longer kept"):
        state_at(stream_id, version)
