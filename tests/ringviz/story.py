"""A short life of a cluster with every kind of event, through the services that everything else uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from live.actor import Actor
from live.models import Event
from ringviz.core.state import State
from ringviz.models import KeySet
from ringviz.selectors.clusters import known
from ringviz.services.clusters import create_cluster, use_keys
from ringviz.services.keys import pattern_key_set
from ringviz.services.undo import undo
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

TELLER = Actor(name="teller", origin="system", may_operate=True)
SLUG = "story"


class Step(NamedTuple):
    """An event, and the fresh snapshots before and after it."""

    name: str
    before: State | None
    event: Event
    after: State


def story() -> Iterator[Step]:
    """Creates the cluster and goes through its events, one per step. Needs an empty database."""
    first = pattern_key_set(pattern="user:{n}", count=60)
    other = pattern_key_set(pattern="cart:{n}", count=40)
    nodes: Any = [{"name": "cache-1", "zone": "a"}, {"name": "cache-2"}, {"name": "cache-3", "weight": 0.5}]
    settings: dict[str, Any] = {"name": "Story", "vnodes": 4, "copies": 2, "seed": 7, "demo": True}
    event = create_cluster(slug=SLUG, actor=TELLER, key_set=first, nodes=nodes, **settings)
    after = known(SLUG).state
    yield Step("cluster_created", None, event, after)
    for name, act in _acts(other):
        before, event, after = after, act(), known(SLUG).state
        yield Step(name, before, event, after)


def _acts(other: KeySet) -> list[tuple[str, Callable[[], Event]]]:
    it: dict[str, Any] = {"slug": SLUG, "actor": TELLER}
    return [
        ("node_added", lambda: add_node(**it, name="cache-4", address="10.0.0.4:6379", zone="ü", weight=2.0)),
        ("node_added_of_weight_0", lambda: add_node(**it, name="cache-5", weight=0.0)),
        ("node_killed", lambda: kill_node(**it, number=4)),
        ("node_killed_undone", lambda: undo(**it, version=4)),
        ("node_drained", lambda: drain_node(**it, number=1)),
        ("node_killed_when_draining", lambda: kill_node(**it, number=1)),
        ("node_revived", lambda: revive_node(**it, number=1)),
        ("node_reweighted", lambda: reweight_node(**it, number=2, weight=3.0)),
        ("node_edited", lambda: edit_node(**it, number=2, address="10.0.0.2:6379", zone="b")),
        ("node_removed", lambda: remove_node(**it, number=4)),
        ("node_removed_undone", lambda: undo(**it, version=11)),
        ("cluster_reconfigured_copies", lambda: configure(**it, copies=3)),
        ("cluster_reconfigured_vnodes", lambda: configure(**it, vnodes=8)),
        ("cluster_reconfigured_modulo", lambda: configure(**it, strategy="modulo")),
        ("node_killed_of_modulo", lambda: kill_node(**it, number=3)),
        ("cluster_reconfigured_maglev", lambda: configure(**it, strategy="maglev", options={"table_size": 251})),
        ("cluster_reconfigured_option", lambda: configure(**it, options={"table_size": 509})),
        ("cluster_reconfigured_ring", lambda: configure(**it, strategy="ring")),
        ("keys_imported", lambda: use_keys(**it, key_set=other)),
        ("keys_imported_undone", lambda: undo(**it, version=20)),
        ("node_killed_the_others", lambda: kill_node(**it, number=1)),
        ("node_killed_but_one", lambda: kill_node(**it, number=2)),
        ("node_killed_the_last", lambda: kill_node(**it, number=4)),
        ("node_revived_the_first", lambda: revive_node(**it, number=3)),
    ]
