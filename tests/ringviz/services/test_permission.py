"""Every service refuses a watcher, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ringviz.errors import NotAllowed, NotFound
from ringviz.models import KeyImport
from ringviz.services import clusters
from ringviz.services.importing import start_import
from ringviz.services.keys import pattern_key_set
from ringviz.services.undo import undo
from tests.ringviz import nodes
from tests.ringviz.making import OPERATOR, WATCHER, everything, make_cluster

SERVICES: dict[str, Callable[..., Any]] = {
    "add_node": lambda **on: nodes.add_node(**on, name="d"),
    "kill_node": lambda **on: nodes.kill_node(**on, number=1),
    "revive_node": lambda **on: nodes.revive_node(**on, number=1),
    "drain_node": lambda **on: nodes.drain_node(**on, number=1),
    "remove_node": lambda **on: nodes.remove_node(**on, number=1),
    "reweight_node": lambda **on: nodes.reweight_node(**on, number=1, weight=2.0),
    "edit_node": lambda **on: nodes.edit_node(**on, number=1, address="x", zone=""),
    "configure": lambda **on: nodes.configure(**on, copies=2),
    "use_keys": lambda **on: clusters.use_keys(**on, key_set=pattern_key_set(pattern="o{n}", count=3)),
    "delete_cluster": clusters.delete_cluster,
    "undo": lambda **on: undo(**on, version=1),
    "start_import": lambda **on: start_import(
        **on, make=lambda progress, note: pattern_key_set(pattern="o{n}", count=3), language="en"
    ),
}


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_a_watcher_is_refused_and_nothing_is_written(db, service):
    make_cluster()
    before = everything()
    with pytest.raises(NotAllowed, match="Sign in"):
        service(slug="small", actor=WATCHER)
    assert everything() == before
    assert not KeyImport.objects.exists()


def test_a_watcher_cannot_make_a_cluster(db):
    with pytest.raises(NotAllowed):
        make_cluster(actor=WATCHER)
    assert everything() == [[], [], [], [], []]


def test_every_service_of_nodes_is_tried_here():
    public = {name for name, value in vars(nodes).items() if getattr(value, "__module__", "") == nodes.__name__}
    assert public <= SERVICES.keys()


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_an_unknown_cluster_is_told_by_its_address(db, service):
    with pytest.raises(NotFound, match="There is no cluster gone"):
        service(slug="gone", actor=OPERATOR)


@pytest.mark.parametrize("name", sorted(name for name in SERVICES if name.endswith("_node") and name != "add_node"))
def test_an_unknown_node_changes_nothing(db, name):
    make_cluster(nodes=())
    before = everything()
    with pytest.raises(NotFound, match="Node 1 no longer exists"):
        SERVICES[name](slug="small", actor=OPERATOR)
    assert everything() == before


def test_who_acted_stays_with_the_event(db):
    make_cluster()
    event = nodes.kill_node(slug="small", actor=OPERATOR, number=2)
    assert (event.actor, event.origin) == ("ada", "page")
