"""The last change of a cluster, as a page opened afterwards shows it."""

from __future__ import annotations

import pytest

from live.actor import Actor
from live.models import Event
from ringviz.events import ring, shows
from ringviz.selectors.clusters import seen
from ringviz.selectors.lastchange import SEEDED, last_change
from tests.ringviz.making import OPERATOR, make_cluster, state_of
from tests.ringviz.nodes import add_node, edit_node, kill_node

SEEDER = Actor(name="seed", origin=SEEDED, may_operate=True)


@pytest.fixture
def cluster(db) -> None:
    make_cluster()


def found(floor: int = 1):
    return last_change(seen("small"), floor)


def test_a_cluster_that_was_only_made_has_none(cluster):
    assert found() is None


def test_what_the_seed_added_is_none(cluster):
    add_node(slug="small", actor=SEEDER, name="new")
    assert found() is None


def test_it_is_the_event_with_the_state_before_it(cluster):
    before = state_of()
    event = kill_node(slug="small", actor=OPERATOR, number=2)
    change = found()
    assert change is not None
    assert (change["event"]["v"], change["event"]["kind"]) == (event.version, "node_killed")
    assert change["before"] == before


def test_an_event_that_is_no_picture_ends_it(cluster):
    kill_node(slug="small", actor=OPERATOR, number=2)
    edit_node(slug="small", actor=OPERATOR, number=1, address="x:1", zone="")
    assert found() is None


@pytest.mark.parametrize("kind", [kind for kind in ring.kinds if shows(kind) in {"follows", "beside"}])
def test_what_follows_or_is_beside_leaves_it(cluster, kind):
    event = kill_node(slug="small", actor=OPERATOR, number=2)
    now = seen("small")
    for later, name in enumerate([kind, "of_others"], event.version + 1):
        Event.objects.create(stream=now.cluster.stream, version=later, kind=name, payload={}, actor="", origin="")
    change = last_change(now._replace(v=event.version + 2), 1)
    assert change is not None
    assert change["event"]["v"] == event.version


def test_a_state_before_it_that_a_newer_version_wrote_is_not_guessed(cluster):
    stream = seen("small").cluster.stream
    stream.version += 1
    stream.save()
    Event.objects.create(stream=stream, version=stream.version, kind="of_tomorrow", payload={}, actor="", origin="")
    kill_node(slug="small", actor=OPERATOR, number=2)
    assert found() is None


def test_a_log_that_lacks_the_state_before_it_has_none(cluster):
    event = kill_node(slug="small", actor=OPERATOR, number=2)
    assert found(floor=event.version) is None
