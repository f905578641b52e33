from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from threading import Thread
from typing import Any

import mmh3
import pytest
from django.db import connections

from live.models import Event
from ringviz.models import Cluster, Intent, Node
from ringviz.services import decisions, served
from ringviz.services.changing import report
from ringviz.supervisor.book import SUPERVISOR, ending
from tests.processes import until
from tests.ringviz.cli.clusters import make_cluster
from tests.ringviz.cli.running import Ring, assert_refused

pytestmark = pytest.mark.django_db(transaction=True)  # a command closes its connections


@pytest.fixture
def demo() -> Cluster:
    return make_cluster("demo", demo=True)


def owned(names: list[str]) -> dict[str, int]:
    """How many of the 1000 keys each node owns, recomputed by the rule of the ring."""
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
        ("kill \udcff", "is not valid UTF-8"),
        ("revive cache-1", "cache-1 is already active"),
        ("add cache-1", "There is already a node named cache-1"),
        ("add x --weight nan", "Give a weight from 0 to 100"),
        ("add x --weight much", "much"),
        ("add x --weight 101", "Give a weight from 0 to 100"),
        ("add " + "x" * 101, "at most 100 characters"),
        ("add x\ny", "printable characters only"),
        ("add x --address " + "a" * 201, "at most 200 characters"),
        ("kill cache-1 --weight 2", "--weight"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2_and_changes_nothing(
    ring: Ring, demo: Cluster, line: str, because: str
) -> None:
    assert_refused(ring(line), because)
    assert Event.objects.filter(stream=demo.stream).count() == 1


@pytest.mark.parametrize("line", ["freeze cache-1", "thaw cache-1", "restart cache-1", "workload on"])
def test_what_is_for_servers_is_refused_where_there_are_none(ring: Ring, demo: Cluster, line: str) -> None:
    assert_refused(ring(line), "")
    assert Event.objects.filter(stream=demo.stream).count() == 1


class TestOfServers:
    """The log says that the nodes are up; no supervisor runs here."""

    @pytest.fixture(autouse=True)
    def real(self, db: None) -> Cluster:
        real = make_cluster("real", kind=Cluster.Kind.MANAGED)
        served_addresses = {number: f"127.0.0.1:{number}" for number in (1, 2, 3)}
        supervised("real", served.formed(served_addresses), work=1)
        supervised("real", served.refilled([], keys=1000, ms=1))
        return real

    def test_short_freezes_are_set_shown_and_ended(self, ring: Ring) -> None:
        assert told(ring, "freeze cache-2 --for 300 --every 1000")["kind"] == "node_pulsed"
        assert b"active, freezes 300 of every 1,000 ms" in ring("status").out
        nodes = json.loads(ring("status --json").out)["nodes"]
        assert [node["pulse"] for node in nodes] == [None, {"for_ms": 300, "every_ms": 1_000}, None]
        assert_refused(ring("freeze cache-2 --for 300"), "Give both")
        assert ring("thaw cache-2").out.startswith(b"real: cache-2 no longer freezes (version ")
        assert b"freezes" not in ring("status").out

    def test_a_kill_is_asked_and_nothing_is_done_yet(self, ring: Ring) -> None:
        assert told(ring, "kill cache-2") == {"cluster": "real", "version": 4, "kind": "work_asked", "work": 4}
        assert state("cache-2") == "active"
        assert_refused(ring("kill cache-2"), "already requested")

    def test_a_sentence_names_the_version_that_it_can_be_cancelled_by(self, ring: Ring) -> None:
        assert ring("drain cache-2").out == b"real: requested: drain cache-2 (version 4)\n"
        assert ring("cancel 4").out == b"real: cancelling: drain cache-2 (version 5)\n"
        assert_refused(ring("cancel 5"), "already ended")

    def test_who_waits_is_told_how_it_ended(self, ring: Ring) -> None:
        asked = asked_and_then(ring, lambda work: supervised("real", decisions.kill(2), work=work))
        answer = told(ring, "kill cache-2 --wait")
        asked.join()
        assert (answer["kind"], answer["version"], answer["moved"], answer["keys"]) == ("node_killed", 5, 0, 1000)
        assert answer["lost"] > 0
        assert state("cache-2") == "down"

    @pytest.mark.parametrize(
        ("outcome", "why", "said"),
        [
            ("failed", "no room", "real: failed: restart cache-2 (no room)"),
            ("cancelled", "", "real: cancelled: restart cache-2"),
        ],
    )
    def test_who_waits_for_what_comes_to_nothing_is_told_why(
        self, ring: Ring, outcome: str, why: str, said: str
    ) -> None:
        asked = asked_and_then(ring, lambda work: supervised("real", served.ended(work, outcome, why, None)))
        assert_refused(ring("restart cache-2 --wait"), said)
        asked.join()

    def test_the_workload_is_set_at_once_and_what_is_not_said_stays(self, ring: Ring) -> None:
        assert ring("workload on --rate 50").out == b"real: workload: 50 operations a second (version 4)\n"
        assert ring("workload --reads 0.5").status == 0
        assert Cluster.objects.get().workload == {"on": True, "rate": 50, "distribution": "zipf", "reads": 0.5}
        assert ring("workload off").out == b"real: workload off (version 6)\n"
        assert_refused(ring("workload --rate 0"), "operations a second")


def supervised(slug: str, decision: Any, work: int = 0) -> Event:
    """Writes what the supervisor would write; `work` is the intent that it ends."""
    if work:
        decision = ending(Intent.objects.get(cluster__slug=slug, number=work), decision)
    return report(slug=slug, actor=SUPERVISOR, decision=decision, guard=lambda: None)


def asked_and_then(ring: Ring, end: Callable[[int], object]) -> Thread:
    """A supervisor for one act: as soon as an intent appears, it ends it as told."""

    def act() -> None:
        try:
            end(until(lambda: Intent.objects.filter(state="waiting").values_list("number", flat=True).first() or 0))
        finally:
            connections.close_all()

    thread = Thread(target=act)
    thread.start()
    return thread


def test_a_cluster_is_made_from_the_command_line(ring: Ring) -> None:
    made = ring("create mine --nodes 3 --managed --memory 32 --replicas 1 --count 50")
    assert made.out == b"mine: created with 3 servers\n"
    cluster = Cluster.objects.get(slug="mine")
    assert (cluster.kind, cluster.replicas, cluster.memory) == ("managed", 1, 32 * 2**20)
    assert (cluster.key_set.count, cluster.name) == (50, "mine")
    assert told(ring, "create other --wait") == {
        "cluster": "other",
        "version": 1,
        "kind": "cluster_created",
        "nodes": 0,
    }
    assert Cluster.objects.get(slug="other").kind == "simulated"


def test_who_waits_for_a_new_cluster_waits_until_it_stores_every_key(ring: Ring) -> None:
    def supervise(work: int) -> None:
        supervised("fresh", served.formed({1: "127.0.0.1:7001"}), work=work)
        supervised("fresh", served.refilled([[0, 99]], keys=40, ms=1))
        supervised("fresh", served.refilled([], keys=10, ms=1))

    supervisor = asked_and_then(ring, supervise)
    answer = told(ring, "create fresh --managed --nodes 1 --count 50 --wait")
    supervisor.join()
    assert answer == {"cluster": "fresh", "version": 4, "kind": "keys_refilled", "nodes": 1}


@pytest.mark.parametrize(
    ("words", "because"),
    [
        ("create demo", "There is already a cluster at demo"),
        ("create BIG", "lowercase letters"),
        ("create x --managed", "1 to"),
        ("create x --managed --nodes 1 --replicas 2", "one replica"),
        ("create x --managed --nodes 1 --memory 1", "MiB"),
        ("create x --nodes -1", "give 0 to"),
        ("create x --strategy lottery", "Choose one of"),
        ("create x --pattern user", "{n}"),
    ],
)
def test_a_cluster_that_cannot_be_is_refused(ring: Ring, demo: Cluster, words: str, because: str) -> None:
    assert_refused(ring(words), because)
    assert Cluster.objects.count() == 1


def test_a_drained_node_is_not_drained_again(ring: Ring, demo: Cluster) -> None:
    ring("drain cache-1")
    assert_refused(ring("drain cache-1"), "Only an active node can be drained")
