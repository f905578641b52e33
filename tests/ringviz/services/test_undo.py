"""Undo: every kind of event can be undone completely, as an event of its own, and only the newest one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from live import subjects
from live.log import write
from live.models import Event
from live.subjects import EventWords, Subject
from ringviz.errors import Invalid, StaleVersion
from ringviz.events import ring
from ringviz.models import Cluster
from ringviz.selectors.clusters import known
from ringviz.services.clusters import use_keys
from ringviz.services.keys import pattern_key_set
from ringviz.services.undo import undo, undoable
from tests.ringviz.making import OPERATOR, but_since, everything, make_cluster, state_of
from tests.ringviz.nodes import (
    add_node,
    configure,
    drain_node,
    edit_node,
    kill_node,
    remove_node,
    revive_node,
    reweight_node,
)

ON: dict[str, Any] = {"slug": "small", "actor": OPERATOR}
# b is down and c is draining. Each entry: the act, and the kind of its undo.
ACTS: dict[str, tuple[Callable[[], Event], str]] = {
    "node_added": (lambda: add_node(**ON, name="d", weight=2.5, zone="z"), "node_removed"),
    "node_killed": (lambda: kill_node(**ON, number=1), "node_revived"),
    "node_killed when draining": (lambda: kill_node(**ON, number=3), "node_drained"),
    "node_revived": (lambda: revive_node(**ON, number=2), "node_killed"),
    "node_revived when draining": (lambda: revive_node(**ON, number=3), "node_drained"),
    "node_drained": (lambda: drain_node(**ON, number=1), "node_revived"),
    "node_reweighted": (lambda: reweight_node(**ON, number=1, weight=0.0), "node_reweighted"),
    "node_reweighted when down": (lambda: reweight_node(**ON, number=2, weight=3.0), "node_reweighted"),
    "node_edited": (lambda: edit_node(**ON, number=1, address="there", zone=""), "node_edited"),
    "node_removed": (lambda: remove_node(**ON, number=1), "node_added"),
    "node_removed when down": (lambda: remove_node(**ON, number=2), "node_added"),
    "cluster_reconfigured vnodes": (lambda: configure(**ON, vnodes=3), "cluster_reconfigured"),
    "cluster_reconfigured both": (lambda: configure(**ON, vnodes=3, strategy="modulo"), "cluster_reconfigured"),
    "cluster_reconfigured copies": (lambda: configure(**ON, copies=3), "cluster_reconfigured"),
    "keys_imported": (lambda: use_keys(**ON, key_set=pattern_key_set(pattern="o{n}", count=9)), "keys_imported"),
}


@pytest.fixture
def cluster(db):
    make_cluster(nodes=({"name": "a", "address": "here", "zone": "y"}, "b", "c", "e"), copies=2)
    kill_node(**ON, number=2)
    drain_node(**ON, number=3)


@pytest.mark.parametrize(("act", "kind"), ACTS.values(), ids=ACTS)
def test_an_undo_gives_back_the_state_and_names_what_it_undoes(cluster, act, kind):
    before = state_of()
    event = act()
    done = state_of()
    assert done != before
    undone = undo(**ON, version=event.version)
    assert (undone.kind, undone.payload["undoes"]) == (kind, event.version)
    assert but_since(state_of()) == but_since(before)
    again = undo(**ON, version=undone.version)
    assert (again.kind, again.payload["undoes"]) == (event.kind, undone.version)
    assert but_since(state_of()) == but_since(done)


# On nodes with servers: an undo there is a request (tests/ringviz/supervisor), or the event never happens here.
OF_SERVERS = {
    *(
        "cluster_formed",
        "work_asked",
        "work_cancelling",
        "work_ended",
        "workload_set",
        "verdict_delay_set",
        "keys_refilled",
        "keys_lost",
        "external_seen",
        "external_moved",
    ),
    *(
        "node_suspected",
        "node_cleared",
        "node_frozen",
        "node_thawed",
        "node_pulsed",
        "node_restarted",
        "node_failed_over",
    ),
}


def test_every_kind_of_a_simulated_cluster_but_the_first_can_be_undone():
    ours = set(ring.kinds)
    assert {name.split()[0] for name in ACTS} == ours - OF_SERVERS - {"cluster_created"}


def test_what_can_be_undone_is_told_by_kind():
    kinds = {str(kind): undoable(Cluster(kind=kind)) for kind in Cluster.Kind}
    assert kinds["external"] == []
    assert {"node_killed", "keys_imported"} <= set(kinds["simulated"])
    assert set(kinds["managed"]) - set(kinds["simulated"]) >= {"node_frozen", "workload_set"}
    assert not {"node_failed_over", "node_restarted", "node_thawed"} & set(kinds["managed"])


@pytest.mark.parametrize("name", ["node_edited", "node_reweighted", "node_reweighted when down"])
def test_what_does_not_touch_a_nodes_state_leaves_its_since(cluster, name):
    before = state_of()
    undo(**ON, version=ACTS[name][0]().version)
    assert state_of() == before


def test_an_undone_edit_moves_nothing(cluster):
    event = ACTS["node_edited"][0]()
    assert undo(**ON, version=event.version).payload["movement"] is None


def test_the_number_of_a_node_whose_coming_was_undone_is_not_given_again(cluster):
    undo(**ON, version=add_node(**ON, name="d").version)
    assert add_node(**ON, name="d").payload["node"]["number"] == 6


def test_no_number_comes_twice_though_an_undo_brings_back_a_lower_one(cluster):
    remove_node(**ON, number=add_node(**ON, name="d").payload["node"]["number"])
    undo(**ON, version=remove_node(**ON, number=4).version)
    assert add_node(**ON, name="d").payload["node"]["number"] == 6


def test_an_event_that_is_not_the_newest_is_not_undone(cluster):
    version = ACTS["node_killed"][0]().version
    edit_node(**ON, number=1, address="else", zone="")
    before = everything()
    with pytest.raises(StaleVersion) as stale:
        undo(**ON, version=version)
    assert [event.kind for event in stale.value.events] == ["node_edited"]
    assert everything() == before


@pytest.mark.parametrize("version", [-1, 0, 2])
def test_there_is_nothing_before_the_first_event(db, version):
    make_cluster()
    before = everything()
    with pytest.raises(Invalid, match="nothing before"):
        undo(**ON, version=version)
    with pytest.raises(Invalid, match="nothing before"):
        undo(**ON, version=1)
    assert everything() == before
    assert known("small").v == 1


@dataclass(frozen=True)
class Rained:
    pass


@pytest.fixture
def rained(monkeypatch):
    """An event of another subject in the stream of a cluster; the subject is gone after the test."""
    monkeypatch.setattr(subjects, "_kinds", dict(subjects._kinds))
    monkeypatch.setattr(subjects, "_by_payload", dict(subjects._by_payload))
    weather = Subject("weather")
    weather.kind(
        "rained", title="Rained", fold=lambda state, _payload: state, words=lambda _payload: EventWords("", "")
    )(Rained)

    def rain() -> Event:
        with write(known("small").cluster.stream_id) as draft:
            return draft.record(Rained(), OPERATOR)

    return rain


@pytest.mark.parametrize("kind", ["simulated", "managed"])
def test_an_event_of_another_subject_is_refused(db, rained, kind):
    make_cluster(kind=kind)
    version = rained().version
    before = everything()
    with pytest.raises(Invalid, match=r"^This cannot be undone here\.$"):
        undo(**ON, version=version)
    assert everything() == before
