"""Events of a source: a snapshot plus the events after it equals a fresh snapshot, and every fold is bounded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from live.places import registered
from live.reading import events_after
from live.subjects import event_words
from locks.bounds import MAX_ALERTS
from locks.events import locks
from locks.events import state as folds
from locks.models import LockSource
from locks.services.sources import ensure_sources
from tests.locks.story import SLUG, Step, configs, story


@pytest.fixture
def steps(db: None, settings: Any) -> list[Step]:
    return list(story(settings))


def test_the_story_tells_every_kind_of_event(steps):
    assert {step.event.kind for step in steps} == set(locks.kinds)


def test_each_snapshot_with_all_later_events_is_the_fresh_snapshot(steps):
    places, stream_id = registered("locks"), steps[0].event.stream_id
    assert places is not None
    fresh = places.snapshot(stream_id)
    assert fresh["v"] == len(steps)
    for step in steps:
        state = step.after
        for event in events_after(stream_id, step.event.version):
            state = locks.apply(state, event.kind, event.payload)
        assert state == fresh["parts"]["locks"], f"from version {step.event.version}"


def test_events_are_told_twice_without_a_difference_and_change_nothing_they_are_given(steps):
    for step in steps:
        given = json.dumps(step.after)
        assert locks.apply(step.after, step.event.kind, step.event.payload) == step.after
        assert json.dumps(step.after) == given


def test_the_row_says_what_the_events_say(steps):
    for upto in range(1, len(steps) + 1):
        assert steps[upto - 1].after["paused"] == (steps[upto - 1].name == "watch_paused")
    assert LockSource.objects.get(slug=SLUG).paused is False
    assert steps[-1].after == {
        "source": {"name": "jobs", "slug": "jobs", "breakable": True},
        "trouble": None, "alerts": [], "paused": False,
    }  # fmt: skip


def test_what_is_so_already_is_not_told_again(steps, settings):
    settings.LOCK_SOURCES = configs(breakable=True)
    ensure_sources()
    assert len(events_after(steps[0].event.stream_id, 0)) == len(steps)


def test_more_alerts_than_a_state_can_bear_push_the_oldest_out():
    state = None
    for number in range(MAX_ALERTS + 50):
        payload = dict.fromkeys(("lane", "key", "name", "client", "holder", "since", "value"))
        state = folds.raised(state, payload | {"id": f"{number:016x}", "kind": "no_ttl"})
    assert state is not None
    assert len(state["alerts"]) == MAX_ALERTS
    assert state["alerts"][-1]["id"] == f"{MAX_ALERTS + 49:016x}"


@pytest.mark.parametrize("hostile", ["\x1b[2J<b>\u202e", {"b64": "/wAbWw=="}, "x" * 5_000])
def test_words_are_inert_whatever_a_lock_is_called(hostile):
    about = {"id": "a", "lane": "b", "key": hostile, "name": hostile, "client": "any", "holder": hostile}
    for kind, payload in (
        ("alert_raised", about | {"kind": "no_ttl", "since": 0, "value": None}),
        ("alert_cleared", {"id": "a", "name": hostile, "kind": "no_ttl", "why": "well"}),
        ("lock_broken", about | {"reason": "\x1b[0m", "woken": None, "how": "", "sure": True}),
        ("source_lost", {"why": {"kind": "of tomorrow", "text": hostile if isinstance(hostile, str) else ""}}),
    ):
        words = event_words(kind, payload)
        assert words.text.isprintable()
        assert words.label.isprintable()
        assert len(words.text) < 600
