"""One supervisor leads, by its lease and fencing token; and it ends only what is its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.identity import identity_of
from ringviz.models import Leadership
from ringviz.services.clusters import delete_cluster
from ringviz.services.leading import newest_token
from ringviz.stores import passwords
from tests.processes import gone_within, until
from tests.supervised import OPERATOR, SLUG, installation

KEYS = 2_000


@pytest.fixture
def real(django_db_blocker, settings):
    with installation(django_db_blocker, settings, nodes=3, keys=KEYS) as ours:
        yield ours


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


def test_the_lease_server_may_die_and_lose_its_memory(real):
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
