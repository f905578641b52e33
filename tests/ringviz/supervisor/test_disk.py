"""The disk is full, or the servers' folder read-only, and servers die: nobody is given up, nothing is lost, and all is
back by itself. On a small disk of its own, with everything of an installation on it: its database too.
"""

import json
import tempfile
import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError
from redis import Redis

from live.channel import channel_name
from ringviz.stores import passwords
from tests.faults import disk_filled, end_together, fill, read_only, small_disk
from tests.installations import opened, premises
from tests.own_database import database_file
from tests.processes import until
from tests.ringviz.supervisor.replicas import client_of, in_sync, lost_of, write_confirmed
from tests.supervised import SLUG, WITHIN_S, wait

KEYS = 1_000
NODES = (1, 2, 3, 4)
MEBIBYTES = 64
QUIET_S = 3.0
pytestmark = [pytest.mark.no_cover, pytest.mark.long]


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    with small_disk(tmp_path_factory.mktemp("disk"), MEBIBYTES) as path:
        yield path


@pytest.fixture(scope="module")
def ours(disk, django_db_blocker):
    """An installation on it. Its database is a file, whatever database the rest of this run uses."""
    before, tempfile.tempdir = tempfile.tempdir, str(disk)
    try:
        with django_db_blocker.unblock(), premises(covered=False, database=database_file) as installation:
            yield installation
    finally:
        tempfile.tempdir = before


@pytest.fixture
def real(ours, django_db_blocker, settings):
    """Four nodes, each with a replica in sync."""
    with opened(ours, django_db_blocker, settings):
        ours.form(nodes=4, keys=KEYS, replicas=1)
        for number in NODES:
            in_sync(ours, number)
        yield ours
        assert ours.clear()


@pytest.fixture
def pages(real):
    """The frames of a topic that pages receive."""
    with Redis.from_url(real.valkey.url) as client, client.pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(channel_name())
        yield lambda topic: b'"%s"' % topic in (heard.get_message(timeout=1) or {}).get("data", b"")


def status(real):
    out = StringIO()
    call_command("ring", "status", "--cluster", SLUG, "--json", stdout=out)
    return json.loads(out.getvalue())


def kinds(real):
    return {event.kind for event in real.events()}


def as_before_9_1(real):
    """Makes every server exit if it cannot save its view, as engines before Valkey 9.1 do."""
    for number in NODES:
        for server in in_sync(real, number):
            with client_of(real, server) as client:
                client.config_set("cluster-config-save-behavior", "sync")


def settled(real):
    """Waits until no server has saved its view for a while: each saves what it hears, and may exit doing so.

    They tell each other about replicas and shards bit by bit; the views do not show when this has ended.
    """
    root = passwords.folder(real.known().cluster.pk)

    def age_s():
        return time.time() - max(path.stat().st_mtime for path in root.glob("*/nodes.conf"))

    until(lambda: age_s() > QUIET_S, what="views that stay as they are")


def complete(real, written):
    """Idle, with every key and every confirmed write stored, and two servers per node."""
    assert sum(real.equal().values()) == KEYS
    until(lambda: len(real.server_pids()) == 8, what="eight servers")
    for number in NODES:
        in_sync(real, number)
    assert lost_of(real, written) == []
    assert not {"node_killed", "keys_lost"} & kinds(real)
    assert {node["state"] for node in real.state()["nodes"]} == {"active"}
    assert real.equal() == real.predicted()


@pytest.mark.parametrize("older", [False, True], ids=["goes on", "would end"])
def test_one_death_on_a_full_disk_ends_nobody_else(real, disk, pages, older):
    if older:
        as_before_9_1(real)
    primary, _replica = in_sync(real, 2)
    written = write_confirmed(real, 2, KEYS)
    others = real.server_pids() - {primary.pid}
    settled(real)
    with disk_filled(disk):
        until(lambda: pages(b"full"), what="pages that say so")
        told = status(real)
        assert (told["space"]["state"], told["at_rest"]) == ("full", False)
        primary.kill()
        over = real.event("node_failed_over").payload
        assert (over["node"]["number"], over["cause"]) == (2, "exit")
        wait(4.0)  # after three seconds the others mark it as failed, and each saves that
        assert others <= real.server_pids()
    complete(real, written)
    assert "reserve of real is released" in real.log()


def test_servers_that_end_on_a_full_disk_are_back_once_there_is_room_and_nothing_is_claimed_before(real, disk):
    written = {name: value for number in NODES for name, value in write_confirmed(real, number, KEYS).items()}
    primary, _replica = in_sync(real, 3)
    with disk_filled(disk):
        primary.kill()
        until(lambda: "reserve of real is released" in real.log(), what="the reserve")
        fill(disk)
        end_together(real.server_pids())
        fill(disk)
        wait(1.0)
        version = real.known().v
        with pytest.raises(OperationalError):
            real.act("restart", node=1)
        wait(2.0)
        assert (real.known().v, real.server_pids()) == (version, set())
        assert status(real)["at_rest"] is False
    complete(real, written)


def test_one_death_in_a_read_only_folder_ends_nobody_else(real, pages):
    primary, _replica = in_sync(real, 2)
    written = write_confirmed(real, 2, KEYS)
    others = real.server_pids() - {primary.pid}
    asked = None
    with read_only(passwords.folder(real.known().cluster.pk)):
        until(lambda: pages(b"read-only"), what="pages that say so")
        primary.kill()
        asked = real.act("restart", node=1)
        wait(5.0)
        assert real.server_pids() == others
        assert real.known().v == asked.version, "nothing is claimed"
        told = status(real)
        assert (told["space"]["state"], told["at_rest"]) == ("read-only", False)
    restarted = real.event("node_restarted", asked.version).payload
    assert restarted["work"] == asked.version
    complete(real, written)


def test_servers_that_end_in_a_read_only_folder_are_back_once_it_is_writable(real):
    as_before_9_1(real)
    primary, _replica = in_sync(real, 2)
    written = write_confirmed(real, 2, KEYS)
    version = real.known().v
    with read_only(passwords.folder(real.known().cluster.pk)):
        primary.kill()
        # A server that sees a majority mark it as failed saves that, and exits before it tells the others: the rest
        # may never see a majority again. At least one server besides the killed one exits.
        until(lambda: len(real.server_pids()) < 7, what="the end of who wants to write down that one is gone")
        wait(2.0)
        assert real.known().v == version
    until(lambda: len(real.server_pids()) == 8, deadline_s=WITHIN_S, what="eight servers")
    complete(real, written)
