"""Deaths: two at once, one during a refill, one with a replica; and what a verdict rules out."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from redis import Redis

from ringviz.core.buckets import bucket_of, stored_name
from ringviz.core.placement import Murmur
from ringviz.errors import Invalid
from ringviz.selectors.placing import bucket_owners
from ringviz.services.actions import decision_of
from ringviz.services.planning import make_plan
from tests.processes import until
from tests.supervised import SLUG

KEYS = 4_000
pytestmark = pytest.mark.installation(keys=KEYS)


def test_two_killed_at_once_lose_what_both_had(real):
    expected = real.node(2)["keys"] + real.node(3)["keys"]
    pids = real.pid_of(2), real.pid_of(3)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(killed(real)) == 2, what="two deaths")
    assert sum(event.payload["loss"]["keys"] for event in killed(real)) == expected
    assert sum(real.equal().values()) == KEYS


def test_two_killed_by_two_operators_at_once_lose_what_both_had(real):
    """The supervisor is paused during the requests, so that it finds both."""
    plans = [make_plan(SLUG, decision_of("kill", {"node": str(number)})) for number in (2, 3)]
    expected = {2: real.node(2)["keys"], 3: real.node(3)["keys"]}
    assert [sum(node["lost"] for node in plan.after["nodes"]) for plan in plans] == list(expected.values())
    os.kill(real.supervisor.pid, signal.SIGSTOP)

    def ask(number):
        try:
            return real.act("kill", node=number).version
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        asked = dict(zip(expected, pool.map(ask, expected), strict=True))
    assert len(real.state()["work"]) == 2
    os.kill(real.supervisor.pid, signal.SIGCONT)
    until(lambda: len(killed(real)) == 2, what="two deaths")
    told = {event.payload["node"]["number"]: event.payload for event in killed(real)}
    assert {number: payload["loss"]["keys"] for number, payload in told.items()} == expected
    assert {number: payload["work"] for number, payload in told.items()} == asked
    assert {payload["cause"] for payload in told.values()} == {"asked"}
    stored = real.equal()
    assert sum(stored.values()) == KEYS
    assert set(stored) == {1, 4}
    refilled = [event.payload["keys"] for event in real.events(max(asked.values())) if event.kind == "keys_refilled"]
    assert refilled == [sum(expected.values())], "once, for both"


def killed(real):
    return [event for event in real.events() if event.kind == "node_killed"]


def test_a_death_while_another_is_made_good(real):
    real.act("kill", node=1)
    real.event("node_killed")
    os.kill(real.pid_of(4), signal.SIGKILL)
    until(lambda: len(killed(real)) == 2, what="the second death")
    stored = real.equal()
    assert sum(stored.values()) == KEYS
    assert set(stored) == {2, 3}


def test_the_convicted_is_dead_before_its_buckets_are_given_away(real):
    """If it were thawed in between, it would confirm writes that no other server has."""
    pid = real.pid_of(2)
    with client_of(real, 1) as client, client.monitor() as monitor:
        os.kill(pid, signal.SIGSTOP)
        next(said for said in monitor.listen() if said["command"].startswith("EVAL"))  # names the new owners
        assert not Path(f"/proc/{pid}").exists()
    killed = real.event("node_killed").payload
    assert (killed["node"]["number"], killed["cause"]) == (2, "silent"), real.log()


def test_a_refill_leaves_what_a_client_stored_meanwhile(real):
    before, after = (
        bucket_owners(real.state()),
        bucket_owners(make_plan(SLUG, decision_of("kill", {"node": "2"})).after),
    )
    buckets = {b"user:%d" % n: bucket_of(Murmur().hash(b"user:%d" % n)) for n in range(KEYS)}
    bucket, key = max((bucket, key) for key, bucket in buckets.items() if before[bucket] == 2)  # reloaded last
    with client_of(real, int(after[bucket])) as client:
        os.kill(real.pid_of(2), signal.SIGKILL)
        killed = real.event("node_killed")
        client.set(stored_name(key, bucket), b"newer")
        assert real.state()["unfilled"], "its turn has not come yet"
        real.event("keys_refilled", killed.version)
        assert client.get(stored_name(key, bucket)) == b"newer"


def test_after_the_verdict_nothing_thaws(real):
    real.act("freeze", node=2)
    real.event("node_killed")
    with pytest.raises(Invalid, match="cache-2 is down"):
        real.act("thaw", node=2)
    real.act("revive", node=2)
    real.event("node_revived")
    assert sum(real.equal().values()) == KEYS


@pytest.mark.installation(nodes=1, keys=500)
def test_the_last_node_dies_and_comes_back_empty(real):
    real.act("kill", node=1)
    real.event("node_killed")
    until(lambda: not real.state()["work"], what="rest")
    real.act("revive", node=1)
    real.event("node_revived")
    assert real.equal() == {1: 500}


@pytest.mark.installation(nodes=3, keys=2_000, replicas=1)
def test_a_replica_takes_the_place_of_its_primary_and_gets_a_replica_itself(real):
    until(lambda: len(real.server_pids()) == 6, what="three replicas")
    before, tokens = real.equal(), real.node(2)["tokens"]
    bucket = int((bucket_owners(real.state()) == 2).nonzero()[0][0])
    name = stored_name(b"confirmed", bucket)
    until(lambda: confirmed(real, name), what="a write that the replica has")
    real.act("kill", node=2)
    over = real.event("node_failed_over")
    assert over.payload["cause"] == "asked"
    assert real.node(2)["state"] == "active"
    assert real.node(2)["tokens"] == tokens
    with client_of(real, 2) as client:
        assert client.getdel(name) == b"yes"
    assert real.equal() == before
    until(lambda: len(real.server_pids()) == 6, what="a new replica")
    assert not killed(real)


def client_of(real, number):
    host, _colon, port = real.node(number)["address"].partition(":")
    return Redis(host=host, port=int(port), password=real.password(), socket_timeout=5)


def confirmed(real, name):
    """Whether the primary and its replica both took a write."""
    with client_of(real, 2) as client:
        client.set(name, b"yes")
        return client.execute_command("WAIT", 1, 1000) == 1
