"""One supervisor leads, by its lease and fencing token, and ends only its own servers."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from redis import Redis

from fleet.identity import identity_of
from live.models import Stream
from live.turns import write_turn
from locks.leader import TTL_MS
from locks.models import Leadership
from locks.services.leading import newest_token
from ringviz.core.buckets import stored_name
from ringviz.selectors.leading import ROLE
from ringviz.selectors.placing import bucket_owners
from ringviz.services.clusters import delete_cluster
from ringviz.stores import passwords
from tests.faults import database_held
from tests.processes import gone_within, until
from tests.ringviz.supervisor.replicas import in_sync
from tests.supervised import OPERATOR, SLUG, wait

KEYS = 2_000
pytestmark = [pytest.mark.installation(nodes=3, keys=KEYS), pytest.mark.no_cover]


def test_the_second_waits_and_takes_over_from_a_paused_first(real):
    first, token = real.supervisor, newest_token(ROLE)
    old_servers = real.server_pids()
    os.kill(first.pid, signal.SIGSTOP)
    real.supervise()
    until(lambda: newest_token(ROLE) > token, what="another leader")
    until(lambda: not real.server_pids() & old_servers, what="the end of the first one's servers")
    os.kill(first.pid, signal.SIGCONT)
    assert gone_within(first.pid), "the first sees that it leads no more, and ends"
    assert first.wait() == 1, "nobody told it to"
    assert sum(real.equal().values()) == KEYS
    assert not [event for event in real.events() if event.kind == "node_killed"]


@pytest.mark.long
def test_a_first_that_was_paused_within_a_move_writes_nothing_when_it_goes_on(real):
    """The second ends the move; what the first then sees (its servers gone, its work open) is not recorded."""
    engine = real.engine()
    real.slow_moves()
    asked = real.act("drain", node=1)
    until(lambda: real.moving(engine), what="a migration that runs")
    first, token = real.supervisor, newest_token(ROLE)
    os.kill(first.pid, signal.SIGSTOP)
    assert real.state()["work"], "it was paused within the move"
    real.supervise()
    drained = real.event("node_drained")
    assert drained.payload["work"] == asked.version
    stored, pids, version = real.equal(), real.server_pids(), real.known().v
    leader = Leadership.objects.get()
    assert leader.fencing_token > token
    assert leader.holder.endswith(f":{real.supervisor.pid}")
    os.kill(first.pid, signal.SIGCONT)
    assert gone_within(first.pid)
    first.wait()
    wait(1.0)
    assert [event.version for event in real.events()] == list(range(1, version + 1)), "not one event more, and no gap"
    assert (real.known().v, Leadership.objects.get()) == (version, leader)
    assert (real.stored(), real.server_pids()) == (stored, pids), "the servers of the second, untouched"
    assert [event.kind for event in real.events()].count("node_drained") == 1
    assert sum(stored.values()) == KEYS
    engine.close()


def test_a_first_that_was_paused_within_a_write_is_fenced_off_when_it_goes_on(real):
    """It has checked that it leads and decided what to write: a suspicion that nobody would ever clear.

    Two of three servers are silent, so that nobody is convicted.
    """
    real.equal()
    first, token, version, old_servers = real.supervisor, newest_token(ROLE), real.known().v, real.server_pids()
    suspects = real.pid_of(2), real.pid_of(3)
    with write_turn():
        Stream.objects.select_for_update().get(cluster__slug=SLUG)
        for suspect in suspects:
            os.kill(suspect, signal.SIGSTOP)
        until(lambda: waits_to_write(first.pid), what="the suspicion, before it is written")
        os.kill(first.pid, signal.SIGSTOP)
        until(lambda: is_stopped(first.pid), what="its stop, without the lock that it waits for")
        for suspect in suspects:
            os.kill(suspect, signal.SIGCONT)
    real.supervise()
    until(lambda: newest_token(ROLE) > token, what="another leader")
    until(lambda: not real.server_pids() & old_servers, what="the end of the first one's servers")
    stored = real.equal()
    assert real.known().v == version
    os.kill(first.pid, signal.SIGCONT)
    assert gone_within(first.pid)
    assert first.wait() == 1
    assert real.known().v == version, "it wrote nothing"
    assert {node["state"] for node in real.state()["nodes"]} == {"active"}
    assert real.equal() == stored


def waits_to_write(pid):
    """Whether a process waits for its turn: for a lock of a file, or of a row."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return cursor.fetchone()[0] > 0
    return any("->" in line and str(pid) in line.split() for line in Path("/proc/locks").read_text().splitlines())


def is_stopped(pid):
    """Whether all threads of a process stand still."""
    try:
        said = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:  # a thread ended meanwhile
        return False
    return {one.rpartition(")")[2].split()[0] for one in said} == {"T"}


@pytest.mark.parametrize(
    "replicas",
    [0, pytest.param(1, marks=[pytest.mark.long, pytest.mark.installation(nodes=3, keys=KEYS, replicas=1)])],
)
def test_a_first_that_was_paused_within_a_death_leaves_it_to_the_second(real, replicas):
    """It had acted on the death without reporting it."""
    pid = in_sync(real, 2)[0].pid if replicas else real.pid_of(2)
    first, since = real.supervisor, real.known().v + 1
    with database_held(real.database_url):
        os.kill(pid, signal.SIGKILL)
        until(lambda: "the database does not answer" in real.log(), what="a death that cannot be told")
        os.kill(first.pid, signal.SIGSTOP)
    real.supervise()
    if not replicas:
        killed = real.event("node_killed", since).payload
        assert (killed["node"]["number"], killed["cause"]) == (2, "exit")
    until(lambda: len(real.server_pids()) == (6 if replicas else 2), deadline_s=90, what="the second's servers")
    assert sum(real.equal().values()) == KEYS
    stored, pids, version = real.equal(), real.server_pids(), real.known().v
    os.kill(first.pid, signal.SIGCONT)
    assert gone_within(first.pid)
    first.wait()
    wait(1.0)
    assert [event.version for event in real.events()] == list(range(1, version + 1)), "not one event more, and no gap"
    assert (real.known().v, real.stored(), real.server_pids()) == (version, stored, pids)
    told = [event.kind for event in real.events(since)]
    assert told.count("node_killed") == (0 if replicas else 1)
    assert "keys_lost" not in told


def test_while_the_lease_server_is_gone_nothing_is_done_and_when_it_is_back_everything(real):
    first, before = real.supervisor.pid, real.equal()
    real.valkey.kill()
    until(lambda: "lease server does not answer" in real.log(), what="the supervisor to say so")
    wait(TTL_MS / 1000)  # its lease runs out
    asked = real.act("add", name="cache-4", weight=1)
    host, _colon, port = real.node(1)["address"].partition(":")
    bucket = int((bucket_owners(real.state()) == 1).nonzero()[0][0])
    os.kill(real.pid_of(2), signal.SIGKILL)
    os.kill(real.pid_of(3), signal.SIGSTOP)
    with Redis(host, int(port), password=real.password(), socket_timeout=5) as client:
        # At once: the engine itself calls a cluster down three seconds after most of it went.
        assert client.set(stored_name(b"meanwhile", bucket), b"yes")
        assert client.getdel(stored_name(b"meanwhile", bucket)) == b"yes"
    wait(2.0)  # a verdict takes 1.2 s
    assert real.known().v == asked.version, "nothing is written"
    assert len(real.server_pids()) == 2, "nobody is killed or started"
    assert real.stored()[1] == before[1], "who is left answers"
    os.kill(real.pid_of(3), signal.SIGCONT)
    token = newest_token(ROLE)
    real.valkey.start()
    assert real.event("node_killed", asked.version).payload["node"]["number"] == 2
    real.event("node_added", asked.version)
    assert sum(real.equal().values()) == KEYS
    assert newest_token(ROLE) > token
    assert (real.supervisor.pid, real.supervisor.status) == (first, None), "the same one goes on"
    assert "lease server is back" in real.log()


def test_the_lease_server_may_lose_its_memory(real):
    token = newest_token(ROLE)
    real.valkey.kill()
    real.valkey.start()
    until(lambda: newest_token(ROLE) > token, what="a higher fencing token")
    real.act("add", name="cache-4", weight=1)
    assert sum(real.equal().values()) == KEYS
    assert Leadership.objects.count() == 1


def test_a_stray_is_ended_and_a_stranger_with_its_number_is_not(real):
    root = passwords.folder(real.known().cluster.pk)
    assert real.end_supervisor() == 0
    assert not real.server_pids()
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, cwd=real.folder)
    stray = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, cwd=root / "2.1")
    identity = until(lambda: identity_of(stray.pid), what="the stray")
    assert identity is not None
    try:
        claim(root / "1.1", pid=stranger.pid)
        claim(root / "2.1", identity=identity.to_dict())
        real.supervise()
        assert gone_within(stray.pid)
        assert sum(real.equal().values()) == KEYS
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stray.kill()
        stranger.wait()
        stray.wait()


def claim(directory: Path, **identity: object) -> None:
    """Rewrites which process a directory claims."""
    told = json.loads((directory / "process.json").read_text())
    told["identity"] = identity.get("identity") or {**told["identity"], **identity}
    (directory / "process.json").write_text(json.dumps(told))


def test_a_server_that_cannot_be_started_fails_with_a_reason(real):
    """The system refuses: here the place of its directory is taken by a file."""
    (passwords.folder(real.known().cluster.pk) / "4.1").write_text("in the way")
    asked = real.act("add", name="cache-4", weight=1)
    ended = real.event("work_ended", asked.version)
    assert (ended.payload["outcome"], bool(ended.payload["why"])) == ("failed", True)
    assert sum(real.equal().values()) == KEYS
    assert [node["number"] for node in real.state()["nodes"]] == [1, 2, 3]


def test_nothing_secret_is_in_a_command_line_or_an_environment(real):
    secret = real.password().encode()
    for pid in real.server_pids():
        for what in ("cmdline", "environ"):
            told = Path(f"/proc/{pid}/{what}").read_bytes()
            assert secret not in told
            assert b"SECRET_KEY" not in told
    assert secret.decode() not in real.log()


def test_a_deleted_cluster_leaves_no_server_and_no_directory(real):
    root = passwords.folder(real.known().cluster.pk)
    delete_cluster(slug=SLUG, actor=OPERATOR)
    until(lambda: not real.server_pids() and not root.exists(), what="the end of its servers")
