from __future__ import annotations

import getpass
import json
from typing import Any

import mmh3
import pytest

from live.models import Event
from ringviz.models import Cluster, Node
from tests.ringviz.cli.clusters import make_cluster
from tests.ringviz.cli.running import Ring, assert_refused

pytestmark = pytest.mark.django_db(transaction=True)  # a command closes its connections


@pytest.fixture
def demo() -> Cluster:
    return make_cluster("demo", demo=True)


def owned(names: list[str]) -> dict[str, int]:
    """How many of the 1000 keys each node owns, by the rule of the ring once more."""
    circle = sorted((mmh3.hash(f"{name}#{i}", 0, signed=False), name) for name in names for i in range(16))
    counts = dict.fromkeys(names, 0)
    for number in range(1000):
        at = mmh3.hash(f"key-{number}", 0, signed=False)
        counts[next((name for token, name in circle if token >= at), circle[0][1])] += 1
    return counts


def state(name: str) -> str:
    return Node.objects.get(name=name).state


def told(ring: Ring, line: str, *words: str) -> Any:
    ran = ring(f"{line} --json", *words)
    assert (ran.error, ran.status, ran.out.count(b"\n")) == ("", 0, 1)
    return json.loads(ran.out)


def test_killing_moves_the_keys_of_the_node_and_no_other(ring: Ring, demo: Cluster) -> None:
    before = owned(["cache-1", "cache-2", "cache-3"])
    answer = told(ring, "kill cache-2")
    assert answer == {
        "cluster": "demo",
        "version": 2,
        "kind": "node_killed",
        "moved": before["cache-2"],
        "keys": 1000,
    }
    assert state("cache-2") == "down"
    assert dict(Node.objects.exclude(name="cache-2").values_list("name", "keys")) == owned(["cache-1", "cache-3"])


def test_every_command_leaves_its_event_with_the_account_that_typed_it(ring: Ring, demo: Cluster) -> None:
    for line in ("drain cache-1", "revive cache-1", "kill cache-2", "remove cache-2", "add cache-9"):
        assert ring(line).status == 0
    events = Event.objects.filter(stream=demo.stream, version__gt=1).order_by("version")
    assert [event.kind for event in events] == [
        "node_drained",
        "node_revived",
        "node_killed",
        "node_removed",
        "node_added",
    ]
    assert {(event.actor, event.origin) for event in events} == {(getpass.getuser(), "command line")}
    assert list(demo.nodes.values_list("name", "state")) == [
        ("cache-1", "active"),
        ("cache-3", "active"),
        ("cache-9", "active"),
    ]


def test_without_json_a_sentence_tells_what_moved(ring: Ring, demo: Cluster) -> None:
    moved = owned(["cache-1", "cache-2", "cache-3"])["cache-1"]
    assert ring("kill cache-1").out.decode() == f"demo: cache-1 killed; {moved} of 1,000 keys moved (version 2)\n"


def test_a_new_node_has_what_was_said_of_it(ring: Ring, demo: Cluster) -> None:
    answer = told(ring, "add --weight 2.5 --address 10.0.0.9:11211 --zone b", "the new one")
    node = Node.objects.get(name="the new one")
    assert (node.weight, node.address, node.zone, node.tokens) == (2.5, "10.0.0.9:11211", "b", 40)
    assert answer["moved"] == node.keys > 0


def test_the_named_cluster_is_changed_and_the_demo_is_not(ring: Ring, demo: Cluster) -> None:
    other = make_cluster("other")
    assert told(ring, "kill cache-1 --cluster other")["cluster"] == "other"
    assert [one.nodes.get(name="cache-1").state for one in (demo, other)] == ["active", "down"]


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ("kill nobody", "demo has no node nobody"),
        ("kill cache-1 --cluster nowhere", "There is no cluster nowhere"),
        ("kill", "NODE"),
        ("kill \udcff", "is not text"),
        ("revive cache-1", "cache-1 is active already"),
        ("add cache-1", "There is a node cache-1 already"),
        ("add x --weight nan", "Give a weight from 0 to 100"),
        ("add x --weight much", "much"),
        ("add x --weight 101", "Give a weight from 0 to 100"),
        ("add " + "x" * 101, "At most 100 characters"),
        ("add x\ny", "Only characters that can be seen"),
        ("add x --address " + "a" * 201, "At most 200 characters"),
        ("kill cache-1 --weight 2", "--weight"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2_and_changes_nothing(
    ring: Ring, demo: Cluster, line: str, because: str
) -> None:
    assert_refused(ring(line), because)
    assert Event.objects.filter(stream=demo.stream).count() == 1


def test_a_drained_node_is_not_drained_again(ring: Ring, demo: Cluster) -> None:
    ring("drain cache-1")
    assert_refused(ring("drain cache-1"), "Only an active node can be drained")
