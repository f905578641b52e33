"""One supervisor leads, by its lease and fencing token; and it ends only what is its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from fleet.identity import identity_of
from ringviz.core.buckets import stored_name
from ringviz.models import Leadership
from ringviz.selectors.placing import bucket_owners
from ringviz.services.clusters import delete_cluster
from ringviz.services.leading import newest_token
from ringviz.stores import passwords
from ringviz.supervisor.run import TTL_MS
from tests.processes import gone_within, until
from tests.supervised import OPERATOR, SLUG, wait

KEYS = 2_000
pytestmark = pytest.mark.installation(nodes=3, keys=KEYS)


def test_the_second_waits_and_takes_over_from_a_paused_first(real):
    first, token = real.supervisor, newest_token()
    old_servers = real.server_pids()
    os.kill(first.pid, signal.SIGSTOP)
    real.supervise()
    until(lambda: newest_token() > token, what="another leader")
    until(lambda: not real.server_pids() & old_servers, what="the end of the first one's servers")
    os.kill(first.pid, signal.SIGCONT)
    assert gone_within(first.pid), "the first sees that it leads no more, and ends"
    first.wait()
    assert sum(real.equal().values()) == KEYS
    assert not [event for event in real.events() if event.kind == "node_killed"]


def test_a_first_that_was_paused_within_a_move_writes_nothing_when_it_goes_on(real):
    """The second ends its move; what the first sees then (its servers are gone, its work is open) is no news."""
    engine = real.engine()
    real.slow_moves()
    asked = real.act("drain", node=1)
    until(lambda: real.moving(engine), what="a migration that runs")
    first, token = real.supervisor, newest_token()
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


def test_while_the_lease_server_is_gone_nothing_is_done_and_when_it_is_back_everything(real):
    first, before = real.supervisor.pid, real.equal()
    real.valkey.kill()
    until(lambda: "lease server does not answer" in real.log(), what="the supervisor to say so")
    wait(TTL_MS / 1000)  # what it held runs out
    asked = real.act("add", name="cache-4", weight=1)
    os.kill(real.pid_of(2), signal.SIGKILL)
    os.kill(real.pid_of(3), signal.SIGSTOP)
    wait(2.0)  # a verdict takes 1.2 s
    assert real.known().v == asked.version, "nothing is written"
    assert len(real.server_pids()) == 2, "nobody is killed or started"
    assert real.stored()[1] == before[1], "who is left answers"
    host, _colon, port = real.node(1)["address"].partition(":")
    bucket = int((bucket_owners(real.state()) == 1).nonzero()[0][0])
    with Redis(host, int(port), password=real.password(), socket_timeout=5) as client:
        assert client.set(stored_name(b"meanwhile", bucket), b"yes")
        assert client.getdel(stored_name(b"meanwhile", bucket)) == b"yes"
    os.kill(real.pid_of(3), signal.SIGCONT)
    token = newest_token()
    real.valkey.start()
    assert real.event("node_killed", asked.version).payload["node"]["number"] == 2
    real.event("node_added", asked.version)
    assert sum(real.equal().values()) == KEYS
    assert newest_token() > token
    assert (real.supervisor.pid, real.supervisor.status) == (first, None), "the same one goes on"
    assert "lease server is back" in real.log()


def test_the_lease_server_may_lose_its_memory(real):
    token = newest_token()
    real.valkey.kill()
    real.valkey.start()
    until(lambda: newest_token() > token, what="a higher fencing token")
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
    """Rewrites who is said to run from a directory."""
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
