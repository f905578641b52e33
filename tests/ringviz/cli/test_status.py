from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from redis import Redis

from locks.core.own import keys_of
from locks.stores.line import lease_name
from ringviz.cli import status
from ringviz.models import Cluster
from ringviz.selectors.leading import ROLE
from ringviz.stores.room import Room
from tests.ringviz.cli.clusters import MAKER, make_cluster
from tests.ringviz.cli.running import Ring, assert_refused
from tests.ringviz.nodes import add_node, kill_node

NOBODY = "no supervisor is running, so failures will not be detected: start manage.py supervise"
pytestmark = pytest.mark.django_db(transaction=True)  # a command closes its connections


def test_tells_every_node_as_json_at_the_version_that_it_is_of(ring: Ring) -> None:
    cluster = make_cluster("demo")
    kill_node(slug="demo", actor=MAKER, number=2)
    ran = ring("status --json")
    answer = json.loads(ran.out)
    assert (ran.error, ran.status, ran.out.count(b"\n")) == ("", 0, 1)
    assert (answer["cluster"], answer["version"]) == ("demo", 2)
    rows = {node.name: node for node in cluster.nodes.all()}
    assert [list(node) for node in answer["nodes"]] == [
        ["name", "state", "kind", "tokens", "ownership", "predicted_keys", "stored_keys", "extra_keys", "lost_keys"]
    ] * 3
    assert (answer["kind"], answer["at_rest"], answer["unfilled"]) == ("simulated", True, [])
    assert {node["name"]: (node["state"], node["kind"], node["stored_keys"]) for node in answer["nodes"]} == {
        "cache-1": ("active", "simulated", None),
        "cache-2": ("down", "simulated", None),
        "cache-3": ("active", "simulated", None),
    }
    for node in answer["nodes"]:
        row = rows[node["name"]]
        assert (node["tokens"], node["ownership"], node["predicted_keys"]) == (row.tokens, row.ownership, row.keys)
    assert sum(node["predicted_keys"] for node in answer["nodes"]) == 1000
    assert sum(node["ownership"] for node in answer["nodes"]) == pytest.approx(1)


def test_a_table_has_its_columns_under_each_other_however_wide_the_letters_are(ring: Ring) -> None:
    make_cluster("demo")
    add_node(slug="demo", actor=MAKER, name="日本-キャッシュ")
    head, *table = ring("status").out.decode().splitlines()
    assert head == "demo, version 2: 4 nodes, 1,000 keys"
    assert table[0].split() == ["NODE", "STATE", "KIND", "TOKENS", "SHARE", "KEYS", "STORED"]
    assert [line.split()[0] for line in table[1:]] == ["cache-1", "cache-2", "cache-3", "日本-キャッシュ"]
    assert len({len(line) + sum(letter > "\u2fff" for letter in line) for line in table}) == 1


def test_an_empty_cluster_is_told_in_one_line(ring: Ring) -> None:
    make_cluster("empty", nodes=0)
    assert ring("status").out == b"empty, version 1: 0 nodes, 1,000 keys\n"
    assert json.loads(ring("status --json").out) == {
        "cluster": "empty",
        "version": 1,
        "kind": "simulated",
        "supervised": None,
        "at_rest": True,
        "unfilled": [],
        "nodes": [],
    }


def test_of_servers_that_do_not_run_yet_it_says_what_they_wait_for(ring: Ring, hint_server) -> None:
    make_cluster("real", kind=Cluster.Kind.MANAGED)
    answer = json.loads(ring("status --json").out)
    assert (answer["kind"], answer["at_rest"], answer["unfilled"]) == ("managed", False, [[0, 16383]])
    assert {(node["state"], node["predicted_keys"], node["stored_keys"]) for node in answer["nodes"]} == {
        ("joining", 0, None)
    }
    head, columns, *_rows = ring("status").out.decode().splitlines()
    assert columns.split()[-3:] == ["KEYS", "STORED", "LOST"]
    assert head == "real, version 1: 3 nodes, 1,000 keys; start the servers, storing keys, " + NOBODY


def test_without_a_supervisor_nothing_is_called_at_rest(ring: Ring, hint_server, monkeypatch) -> None:
    """Whatever the log says: the servers ended with the supervisor."""
    make_cluster("real", kind=Cluster.Kind.MANAGED)
    monkeypatch.setattr(status, "_is_done", lambda _state: True)
    monkeypatch.setattr(status, "_at_work", lambda _state: [])
    answer = json.loads(ring("status --json").out)
    assert (answer["supervised"], answer["at_rest"]) == (False, False)
    assert ring("status").out.decode().splitlines()[0] == f"real, version 1: 3 nodes, 1,000 keys; {NOBODY}"
    with Redis.from_url(hint_server.url) as client:
        client.set(keys_of(lease_name(ROLE)).held, "somebody", px=60_000)
        try:
            assert json.loads(ring("status --json").out)["at_rest"]
            assert ring("status").out.decode().splitlines()[0].endswith("; at rest")
            monkeypatch.setattr(status, "measure", lambda *_on: {1: None})
            assert not json.loads(ring("status --json").out)["at_rest"]
            assert ring("status").out.decode().splitlines()[0].endswith("; 1 server does not answer")
        finally:
            client.delete(keys_of(lease_name(ROLE)).held)


def test_without_a_name_the_first_demo_is_meant(ring: Ring) -> None:
    make_cluster("aaa")
    make_cluster("show", demo=True)
    make_cluster("another", demo=True)
    assert json.loads(ring("status --json").out)["cluster"] == "show"
    assert json.loads(ring("status --cluster aaa --json").out)["cluster"] == "aaa"


def test_without_a_demo_the_only_cluster_is_meant_and_of_two_one_must_be_named(ring: Ring) -> None:
    make_cluster("beta")
    assert json.loads(ring("status --json").out)["cluster"] == "beta"
    make_cluster("alpha")
    assert_refused(ring("status"), "choose a cluster with --cluster SLUG: alpha, beta")


def test_without_any_cluster_it_says_what_makes_one(ring: Ring) -> None:
    assert_refused(ring("status"), "make run")


@pytest.mark.parametrize("slug", ["nobody", "", "\udcff", "two\nlines"])
def test_a_cluster_that_is_not_there_is_one_line_and_exit_status_2(ring: Ring, slug: str) -> None:
    make_cluster("demo")
    assert_refused(ring("status --cluster", *([slug] if slug else ["--json", "--cluster="])), "")


def test_a_database_without_tables_is_one_line_that_says_how_to_get_one(ring: Ring) -> None:
    def no_table(**_wanted: object) -> None:
        raise OperationalError("no such table: ringviz_cluster")

    ring.monkeypatch.setattr(Cluster.objects, "filter", no_table)
    assert_refused(ring("status"), "make run")


@pytest.mark.parametrize("reason", ["database is locked", "connection refused", "the database system is starting up"])
def test_a_database_that_does_not_answer_is_no_reason_to_prepare_one(ring: Ring, reason: str) -> None:
    def silent(**_wanted: object) -> None:
        raise OperationalError(reason)

    ring.monkeypatch.setattr(Cluster.objects, "filter", silent)
    assert_refused(ring("status"), "Try again when it does")
    assert "make run" not in ring("status").error


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("low", "the disk is nearly full: 12 MiB free for DATA_DIR"),
        ("full", "the disk is full: free some space for DATA_DIR"),
        ("read-only", "the servers' folder is read-only: make DATA_DIR writable"),
    ],
)
def test_what_the_servers_have_no_room_for_is_said(ring: Ring, hint_server, monkeypatch, state, said) -> None:
    make_cluster("real", kind=Cluster.Kind.MANAGED)
    assert json.loads(ring("status --json").out)["space"]["state"] == "enough"
    monkeypatch.setattr(status, "room_of", lambda folder: Room(state, 12 * 2**20, str(folder)))
    assert json.loads(ring("status --json").out)["space"] == {"state": state, "free_bytes": 12 * 2**20}
    assert said in ring("status").out.decode()
