"""The most important test: a snapshot plus the events equals a fresh snapshot, for every kind of event."""

from __future__ import annotations

import pytest

from live.reading import events_after
from ringviz.core.state import State
from ringviz.events import apply, ring
from ringviz.models import Cluster
from ringviz.selectors.clusters import cluster_of, known
from ringviz.selectors.past import state_at
from tests.ringviz.external.story import external_story
from tests.ringviz.served_story import served_story
from tests.ringviz.story import SLUG, Step, story

STORIES = {"simulated": story, "managed": served_story, "external": external_story}


@pytest.fixture
def steps(db) -> list[Step]:
    return list(story())


def test_the_stories_tell_every_kind_of_event(db):
    ours = set(ring.kinds)
    assert {step.event.kind for tell in STORIES.values() for step in tell()} == ours


@pytest.mark.parametrize("kind", STORIES)
def test_each_snapshot_with_all_later_events_is_the_fresh_snapshot(db, kind):
    steps = list(STORIES[kind]())
    stream_id = steps[0].event.stream_id
    fresh = known(Cluster.objects.get(stream_id=stream_id).slug)
    assert fresh.v == len(steps)
    for step in steps:
        state: State = step.after
        for event in events_after(stream_id, step.event.version):
            state = apply(state, event.kind, event.payload)
        assert state == fresh.state, f"from version {step.event.version}"


def test_every_version_can_be_rebuilt_from_the_log(steps):
    stream_id = cluster_of(SLUG).stream_id
    for step in steps:
        assert state_at(stream_id, step.event.version) == step.after


def test_versions_rise_by_one_and_keep_who_acted(steps):
    assert [step.event.version for step in steps] == list(range(1, len(steps) + 1))
    assert {(step.event.actor, step.event.origin) for step in steps} == {("teller", "system")}


def test_the_ownership_of_the_active_nodes_is_the_whole(steps):
    for step in steps:
        active = [node for node in step.after["nodes"] if node["state"] == "active" and node["weight"] > 0]
        assert sum(node["ownership"] for node in step.after["nodes"]) == pytest.approx(1 if active else 0)
        assert sum(node["keys"] for node in step.after["nodes"]) == (step.after["keys"]["count"] if active else 0)
