from __future__ import annotations

import json

import pytest

from ringviz.core.keys import KeyIndex
from ringviz.core.movement import movement
from ringviz.core.placement import Bucketed, Murmur, PlacedNode
from ringviz.core.strategy import STRATEGIES, build
from ringviz.models import Cluster
from tests.ringviz.cli.clusters import make_cluster
from tests.ringviz.cli.running import Ring, assert_refused

KEYS = [f"key-{n}" for n in range(1000)]
NAMES = ["cache-1", "cache-2", "cache-3"]
pytestmark = pytest.mark.django_db(transaction=True)  # a command closes its connections


def moved(strategy: str, before: list[str], after: list[str], placement: Murmur) -> dict[str, int]:
    was, now = (build(strategy, map(PlacedNode, names), placement=placement) for names in (before, after))
    found = movement(was, now, KeyIndex.build(placement.hash_many(KEYS)))
    return {"keys": found.moved, "needless": found.needless}


def test_every_strategy_as_json(ring: Ring) -> None:
    make_cluster("demo")
    ran = ring("compare demo --json")
    answer = json.loads(ran.out)
    assert (ran.error, ran.status, ran.out.count(b"\n")) == ("", 0, 1)
    assert (answer["cluster"], answer["version"], answer["keys"], answer["nodes"]) == ("demo", 1, 1000, 3)
    assert answer["joins"] == {"node": "new", "weight": 1, "share": 0.25}
    assert answer["leaves"]["node"] == answer["reweights"]["node"] == "cache-2"
    assert [one["strategy"] for one in answer["strategies"]] == list(STRATEGIES)
    assert [one["strategy"] for one in answer["strategies"] if one["now"]] == ["ring"]
    for one in answer["strategies"]:
        placement = Murmur(16)
        assert one["joins"] == moved(one["strategy"], NAMES, [*NAMES, "new"], placement)
        assert one["leaves"] == moved(one["strategy"], NAMES, ["cache-1", "cache-3"], placement)
        assert one["lookup_ns"] > 0
        assert one["memory_bytes"] > 0
    assert {one["strategy"] for one in answer["strategies"] if one["reweights"] is None} == {"modulo", "jump"}


def test_of_a_cluster_of_servers_buckets_are_placed(ring: Ring) -> None:
    make_cluster("real", kind=Cluster.Kind.MANAGED)
    Cluster.objects.get(slug="real").nodes.update(state="active")
    answer = json.loads(ring("compare --cluster real --strategy ring --strategy modulo --json").out)
    for one in answer["strategies"]:
        assert one["joins"] == moved(one["strategy"], NAMES, [*NAMES, "new"], Bucketed(16))


def test_a_table_for_who_reads(ring: Ring) -> None:
    make_cluster("demo")
    lines = (
        ring("compare demo --strategy jump --strategy maglev:table_size=1009 --node cache-3").out.decode().splitlines()
    )
    assert lines[0] == "demo, version 1: 3 nodes, 1,000 keys"
    assert "LEAVES: cache-3" in lines[1]
    assert lines[2].split()[:4] == ["STRATEGY", "BUSIEST", "SPREAD", "THEORY"]
    assert [line.split()[0] for line in lines[3:5]] == ["jump", "maglev:table_size=1009"]
    assert "no weights" in lines[3]
    assert "measured" in lines[5]


@pytest.mark.parametrize(
    ("words", "because"),
    [
        ("--strategy ketama", "Choose one of"),
        ("--strategy maglev:table_size=10", "a prime number"),
        ("--node nobody", "has no node nobody"),
        ("--cluster nobody", "no cluster nobody"),
    ],
)
def test_what_is_wrong_is_one_line(ring: Ring, words: str, because: str) -> None:
    make_cluster("demo")
    assert_refused(ring(f"compare {words}"), because)


def test_without_nodes_it_says_so(ring: Ring) -> None:
    make_cluster("empty", nodes=0)
    assert_refused(ring("compare empty"), "no nodes")
