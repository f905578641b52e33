"""Clusters as the rows hold them, all at exactly one version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from live.log import timestamp
from live.reading import head
from ringviz.errors import NotFound
from ringviz.selectors import clusters
from ringviz.selectors.clusters import cluster_of, known, node_named
from tests.ringviz.making import OPERATOR, make_cluster
from tests.ringviz.nodes import add_node, kill_node, remove_node


def test_what_is_known_is_of_the_version_that_it_names(db):
    stream_id = make_cluster().stream_id
    kill_node(slug="small", actor=OPERATOR, number=2)
    on = known("small")
    assert (on.v, on.epoch) == head(stream_id)
    assert [(node["number"], node["state"]) for node in on.state["nodes"]] == [
        (1, "active"),
        (2, "down"),
        (3, "active"),
    ]


def test_a_change_during_the_reading_makes_it_read_again(db, monkeypatch):
    make_cluster()
    read, calls = clusters.state_of, []

    def overtaken(cluster):
        state = read(cluster)
        calls.append(state)
        if len(calls) == 1:
            monkeypatch.setattr(clusters, "state_of", read)
            kill_node(slug="small", actor=OPERATOR, number=2)
            monkeypatch.setattr(clusters, "state_of", overtaken)
        return state

    monkeypatch.setattr(clusters, "state_of", overtaken)
    on = known("small")
    assert len(calls) == 2
    assert on.v == 2
    assert on.state["nodes"][1]["state"] == "down"


def test_nodes_are_in_the_order_of_their_numbers(db):
    make_cluster(nodes="zya")
    remove_node(slug="small", actor=OPERATOR, number=2)
    add_node(slug="small", actor=OPERATOR, name="b")
    assert [(node["number"], node["name"]) for node in known("small").state["nodes"]] == [(1, "z"), (3, "a"), (4, "b")]


def test_a_node_is_found_by_its_whole_name(db):
    cluster = cluster_of(make_cluster(nodes=["a", "A", "ab"]).payload["cluster"]["slug"])
    assert [node_named(cluster, name) for name in ("a", "A", "ab")] == [1, 2, 3]
    with pytest.raises(NotFound, match="small has no node b"):
        node_named(cluster, "b")


def test_what_is_not_there_is_told_by_its_address(db):
    for ask in (cluster_of, known):
        with pytest.raises(NotFound, match="There is no cluster nowhere"):
            ask("nowhere")


def test_a_time_is_told_in_utc_to_the_millisecond():
    east = timezone(timedelta(hours=2))
    assert timestamp(datetime(2026, 5, 3, 14, 0, 1, 234567, east)) == "2026-05-03T12:00:01.234Z"
    assert timestamp(datetime(2026, 5, 3, tzinfo=UTC)) == "2026-05-03T00:00:00.000Z"
