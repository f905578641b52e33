"""Clusters are created completely or not at all, and deleted without a trace in the log."""

from __future__ import annotations

from typing import Any

import pytest

from live.models import Stream
from live.reading import head
from ringviz.errors import Invalid
from ringviz.models import Cluster, KeyImport, KeySet
from ringviz.selectors.clusters import cluster_of, known
from ringviz.selectors.past import state_at
from ringviz.services import clusters
from tests.ringviz.making import OPERATOR, everything, make_cluster
from tests.ringviz.nodes import add_node, kill_node

NOTHING: list[Any] = [[], [], [], [], []]


def test_a_cluster_begins_with_all_its_nodes_in_one_event(db):
    nodes = [{"name": " a ", "address": " here ", "zone": " y "}, {"name": "b", "weight": 2.0}]
    event = make_cluster(nodes=nodes, demo=True, copies=2, seed=2**32 - 1)
    assert (event.version, event.kind) == (1, "cluster_created")
    state = known("small").state
    assert event.payload == state == state_at(event.stream_id, 1)
    assert [(node["number"], node["name"], node["address"], node["zone"]) for node in state["nodes"]] == [
        (1, "a", "here", "y"),
        (2, "b", "", ""),
    ]
    assert state["cluster"]["demo"] is True
    assert add_node(slug="small", actor=OPERATOR, name="c").payload["node"]["number"] == 3


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"nodes": ["a", " a"]}),
        ("name", {"nodes": ["a", ""]}),
        ("weight", {"nodes": [{"name": "a", "weight": -1.0}]}),
        ("address", {"nodes": [{"name": "a", "address": "x\n y"}]}),
        ("name", {"name": " "}),
        ("name", {"name": "x" * 101}),
        ("slug", {"slug": "No"}),
        ("vnodes", {"vnodes": 0}),
        ("seed", {"seed": -1}),
    ],
)
def test_a_cluster_of_bad_parts_leaves_nothing(db, field, given):
    with pytest.raises(Invalid) as caught:
        make_cluster(**given)
    assert caught.value.field == field
    assert everything() == NOTHING


def test_an_address_that_is_taken_is_refused(db):
    make_cluster()
    before = everything()
    with pytest.raises(Invalid, match="There is already a cluster at small") as caught:
        make_cluster()
    assert caught.value.field == "slug"
    assert everything() == before


def test_a_cluster_that_breaks_on_the_way_leaves_nothing(db, monkeypatch):
    monkeypatch.setattr(clusters, "write_nodes", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_cluster()
    assert everything() == NOTHING


def test_a_deleted_cluster_is_gone_with_its_nodes_its_log_and_its_imports(db):
    make_cluster()
    kept = make_cluster("other").stream_id
    kill_node(slug="small", actor=OPERATOR, number=1)
    KeyImport.objects.create(cluster=cluster_of("small"))
    others = [[row for row in rows if kept in (row.get("stream_id"), row["id"])] for rows in everything()[:2]]
    clusters.delete_cluster(slug="small", actor=OPERATOR)
    assert everything()[:2] == others
    assert Cluster.objects.get().slug == "other"
    assert Cluster.objects.get().nodes.count() == 3
    assert not KeyImport.objects.exists()
    assert KeySet.objects.count() == 1, "the other cluster is watched with the same keys"


def test_an_address_can_be_used_again_and_is_another_stream(db):
    first = make_cluster().stream_id
    epoch = head(first).epoch
    clusters.delete_cluster(slug="small", actor=OPERATOR)
    second = make_cluster()
    assert second.version == 1
    assert head(second.stream_id).epoch != epoch
    assert Stream.objects.count() == 1
