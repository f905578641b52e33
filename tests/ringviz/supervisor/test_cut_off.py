"""Interrupted moves: the supervisor, source or target dies, or a node is frozen or full."""

import os
import shutil
import signal

import pytest
from redis import Redis

from ringviz.core.buckets import bucket_of, stored_name
from ringviz.core.placement import Murmur
from ringviz.selectors.placing import bucket_owners
from ringviz.stores import passwords
from servers.address import Address
from tests.processes import gone_within, until
from tests.supervised import wait

KEYS = 4_000
pytestmark = [pytest.mark.installation(keys=KEYS), pytest.mark.no_cover]


def to_modulo(real, engine):
    """Requests a change that moves most of the buckets; returns (source, target) of a running migration."""
    real.slow_moves()
    asked = real.act("configure", strategy="modulo")
    return asked, until(lambda: real.moving(engine), what="a migration that runs")[0]


def assert_in_the_middle(real, asked):
    """Checks that the work has not ended: a fault before this call came in the middle of it."""
    assert [work["id"] for work in real.state()["work"]] == [asked.version]


def assert_all_there(real):
    stored = real.equal()
    assert sum(stored.values()) == KEYS
    return stored


def test_a_killed_supervisor_takes_its_servers_along_and_the_next_one_goes_on(real, engine):
    asked, _pair = to_modulo(real, engine)
    pids = real.server_pids()
    real.kill_supervisor()
    until(lambda: not real.server_pids() & pids, deadline_s=5, what="the end of the servers")
    assert_in_the_middle(real, asked)
    real.supervise()
    real.event("cluster_reconfigured")
    assert_all_there(real)
    assert real.state()["cluster"]["strategy"] == "modulo"
    assert not [event for event in real.events() if event.kind == "node_killed"]


@pytest.mark.long
def test_a_source_that_dies_loses_what_it_still_had(real, engine):
    asked, (source, _target) = to_modulo(real, engine)
    os.kill(real.pid_of(source), signal.SIGKILL)
    assert_in_the_middle(real, asked)
    killed = real.event("node_killed")
    assert (killed.payload["cause"], killed.payload["node"]["number"]) == ("exit", source)
    assert_in_the_middle(real, asked)
    real.slow_moves(0)
    assert_all_there(real)
    assert real.state()["cluster"]["strategy"] == "modulo"


@pytest.mark.long
def test_a_node_that_freezes_for_a_moment_delays_a_move(real, engine):
    asked, pair = to_modulo(real, engine)
    pid = real.pid_of(pair[1])
    os.kill(pid, signal.SIGSTOP)
    wait(0.3)
    os.kill(pid, signal.SIGCONT)
    assert pair in real.moving(engine)
    assert_in_the_middle(real, asked)
    real.slow_moves(0)
    assert_all_there(real)
    assert not [event for event in real.events() if event.kind == "node_killed"]


def test_a_node_that_stays_frozen_is_convicted_and_the_move_ends_without_it(real, engine):
    asked, (_source, target) = to_modulo(real, engine)
    os.kill(real.pid_of(target), signal.SIGSTOP)
    killed = real.event("node_killed")
    assert (killed.payload["cause"], killed.payload["node"]["number"]) == ("silent", target)
    assert_in_the_middle(real, asked)
    real.slow_moves(0)
    assert_all_there(real)
    assert len(real.server_pids()) == 3


def test_a_cancelled_move_goes_back(real, engine):
    before = real.stored()
    asked, pair = to_modulo(real, engine)
    real.act("cancel", work=asked.version)
    assert pair in real.moving(engine), "it was running when it was cancelled"
    real.slow_moves(0)
    ended = real.event("work_ended")
    assert (ended.payload["work"], ended.payload["outcome"]) == (asked.version, "cancelled")
    assert assert_all_there(real) == before
    assert real.state()["cluster"]["strategy"] == "ring"


@pytest.mark.installation(keys=KEYS, memory=8 * 2**20)
def test_a_target_without_room_fails_with_a_reason_and_nothing_is_lost(real):
    before = real.equal()
    fatten(real, 2_000)
    asked = real.act("reweight", node=1, weight=100)
    ended = real.event("work_ended", asked.version)
    assert (ended.payload["outcome"], bool(ended.payload["why"])) == ("failed", True)
    assert assert_all_there(real) == before
    assert real.node(1)["weight"] == 1


def fatten(real, size):
    """Sets every key of the set to a value of this many bytes."""
    owners = bucket_owners(real.state()).tolist()
    clients = {node["number"]: node["address"].split(":") for node in real.state()["nodes"]}
    pipes = {n: Redis(host=h, port=int(p), password=real.password()).pipeline(False) for n, (h, p) in clients.items()}
    for number in range(KEYS):
        key = b"user:%d" % number
        bucket = bucket_of(Murmur().hash(key))
        pipes[owners[bucket]].set(stored_name(key, bucket), b"v" * size, xx=True)
    for pipe in pipes.values():
        assert all(pipe.execute()), "a key of the set was not there"


def test_what_had_moved_to_a_node_that_dies_before_it_has_joined_is_stored_again(real, engine):
    before = len(real.addresses())
    real.slow_moves(2_000)
    asked = real.act("add", name="cache-5", weight=4)

    def some_have_moved():
        members = engine.members(Address(*real.addresses()[0]))
        return len([member for member in members if member.ranges]) > before and real.moving(engine)

    until(some_have_moved, what="a bucket of the new node, and more on the way")
    os.kill(real.pid_of(5), signal.SIGKILL)
    assert_in_the_middle(real, asked)
    real.slow_moves(0)
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
