"""Moves that are cut off: by the death of who asked, of the supervisor, source or target; by one frozen or full."""

import os
import shutil
import signal
import subprocess
import sys

import pytest
from redis import Redis

from ringviz.core.buckets import bucket_of, stored_name
from ringviz.core.placement import Murmur
from ringviz.selectors.placing import bucket_owners
from ringviz.stores import passwords
from tests import servers
from tests.processes import gone_within, until
from tests.supervised import SLUG, installation, wait

KEYS = 4_000


@pytest.fixture
def real(django_db_blocker, settings):
    with installation(django_db_blocker, settings, keys=KEYS) as ours:
        yield ours


def to_modulo(real):
    """Asks for a change that moves most of the buckets, and returns in the middle of it."""
    before = bucket_owners(real.state())
    asked = real.act("configure", strategy="modulo")
    engine, ids = real.engine(), {}
    for node in real.state()["nodes"]:
        address = next(a for a in real.addresses() if f"{a[0]}:{a[1]}" == node["address"])
        ids[engine.identity(address_of(address))] = node["number"]

    def under_way():
        owner, known = engine.slot_map(address_of(real.addresses()[0]))
        now = [ids.get(known[at], 0) if at >= 0 else 0 for at in owner.tolist()]
        return now != before.tolist()

    until(under_way, what="the first bucket that has moved")
    return asked


def address_of(pair):
    from ringviz.engine import Address

    return Address(*pair)


def assert_all_there(real):
    stored = real.equal()
    assert sum(stored.values()) == KEYS
    return stored


def test_who_asked_may_die(real):
    code = f"""
import os, django, sys
django.setup()
from tests.supervised import OPERATOR
from ringviz.services.actions import decision_of
from ringviz.services.changing import change
change(slug={SLUG!r}, actor=OPERATOR, version=None, decision=decision_of("drain", {{"node": "2"}}))
print("asked", flush=True)
sys.stdin.read()
"""
    asking = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=servers.ROOT,
        env=real.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert asking.stdout is not None
    assert asking.stdout.readline() == b"asked\n"
    asking.kill()
    asking.wait()
    real.event("node_drained")
    assert_all_there(real)


def test_a_killed_supervisor_takes_its_servers_along_and_the_next_one_goes_on(real):
    to_modulo(real)
    pids = real.server_pids()
    real.kill_supervisor()
    until(lambda: not real.server_pids() & pids, deadline_s=5, what="the end of the servers")
    real.supervise()
    real.event("cluster_reconfigured")
    assert_all_there(real)
    assert real.state()["cluster"]["strategy"] == "modulo"
    assert not [event for event in real.events() if event.kind == "node_killed"]


def test_a_source_that_dies_loses_what_it_still_had(real):
    to_modulo(real)
    os.kill(real.pid_of(2), signal.SIGKILL)
    killed = real.event("node_killed")
    assert killed.payload["cause"] == "exit"
    assert_all_there(real)
    assert real.state()["cluster"]["strategy"] == "modulo"


def test_a_node_that_freezes_for_a_moment_delays_a_move(real):
    to_modulo(real)
    pid = real.pid_of(3)
    os.kill(pid, signal.SIGSTOP)
    wait(0.3)
    os.kill(pid, signal.SIGCONT)
    assert_all_there(real)
    assert not [event for event in real.events() if event.kind == "node_killed"]


def test_a_node_that_stays_frozen_is_convicted_and_the_move_ends_without_it(real):
    to_modulo(real)
    os.kill(real.pid_of(3), signal.SIGSTOP)
    assert real.event("node_killed").payload["cause"] == "silent"
    assert_all_there(real)
    assert len(real.server_pids()) == 3


def test_a_cancelled_move_goes_back(real):
    before = real.stored()
    asked = to_modulo(real)
    real.act("cancel", work=asked.version)
    ended = real.event("work_ended")
    assert (ended.payload["work"], ended.payload["outcome"]) == (asked.version, "cancelled")
    assert assert_all_there(real) == before
    assert real.state()["cluster"]["strategy"] == "ring"


def test_a_target_without_room_fails_with_a_reason_and_nothing_is_lost(django_db_blocker, settings):
    with installation(django_db_blocker, settings, keys=KEYS, memory=8 * 2**20) as real:
        before = real.equal()
        fatten(real, 2_000)
        asked = real.act("reweight", node=1, weight=100)
        ended = real.event("work_ended", asked.version)
        assert (ended.payload["outcome"], bool(ended.payload["why"])) == ("failed", True)
        assert assert_all_there(real) == before
        assert real.node(1)["weight"] == 1


def fatten(real, size):
    """Gives every key of the set a value of so many bytes."""
    owners = bucket_owners(real.state()).tolist()
    clients = {node["number"]: node["address"].split(":") for node in real.state()["nodes"]}
    pipes = {n: Redis(host=h, port=int(p), password=real.password()).pipeline(False) for n, (h, p) in clients.items()}
    for number in range(KEYS):
        key = b"user:%d" % number
        bucket = bucket_of(Murmur().hash(key))
        pipes[owners[bucket]].set(stored_name(key, bucket), b"v" * size, xx=True)
    for pipe in pipes.values():
        assert all(pipe.execute()), "a key of the set was not there"


def test_what_had_moved_to_a_node_that_dies_before_it_has_joined_is_stored_again(real):
    before = bucket_owners(real.state())
    asked = real.act("add", name="cache-5", weight=4)
    engine = real.engine()

    def some_have_moved():
        owner, ids = engine.slot_map(address_of(real.addresses()[0]))
        return len({ids[at] for at in owner.tolist() if at >= 0}) > len(set(before.tolist()))

    until(some_have_moved, what="a bucket of the new node")
    os.kill(real.pid_of(5), signal.SIGKILL)
    until(lambda: not real.state()["work"], deadline_s=90, what="the end of the work")
    assert real.event("keys_lost", asked.version).payload["keys"] > 0
    assert_all_there(real)


def test_what_a_server_comes_back_without_is_stored_again(real):
    real.equal()
    pid, root = real.pid_of(2), next(passwords.folder(real.known().cluster.pk).glob("2.*"))
    real.kill_supervisor()
    assert gone_within(pid)
    shutil.rmtree(root / "appendonlydir")
    real.supervise()
    assert real.event("keys_lost").payload["keys"] == real.node(2)["keys"]
    assert_all_there(real)
