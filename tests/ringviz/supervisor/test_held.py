"""Deaths while the database takes no writes, or the hint server is gone: reported as they were once it is back."""

import contextlib
import os
import signal
import time

import pytest

from tests.faults import database_held
from tests.processes import gone_within, until
from tests.ringviz.supervisor.replicas import in_sync, lost_of, write_confirmed
from tests.supervised import WITHIN_S, wait

KEYS = 2_000
SILENT_S = 8.0  # longer than one try to write, and the pause after it
pytestmark = [pytest.mark.installation(nodes=4, keys=KEYS), pytest.mark.no_cover]


def deaths(real, since):
    kinds = ("node_killed", "node_failed_over", "node_restarted")
    return [(event.kind, event.payload["cause"]) for event in real.events(since) if event.kind in kinds]


def joins(real, since):
    """The next request is carried out: nothing waits for a death that nobody remembers."""
    asked = real.act("add", name="cache-9", weight=1)
    assert real.event("node_added", since).payload["work"] == asked.version
    assert sum(real.equal().values()) == KEYS


@contextlib.contextmanager
def held_for(real, seconds):
    """The death comes first: the supervisor keeps trying to report it."""
    until_s = time.monotonic() + seconds
    with database_held(real.database_url):
        yield
        wait(max(0.0, until_s - time.monotonic()))


@pytest.mark.parametrize("seconds", [SILENT_S, pytest.param(50.0, marks=pytest.mark.long)])
def test_a_death_while_the_database_is_held_is_told_afterwards(real, seconds):
    since = real.known().v + 1
    with held_for(real, seconds):
        os.kill(real.pid_of(2), signal.SIGKILL)
        wait(1.0)
        os.kill(real.pid_of(3), signal.SIGKILL)
    until(lambda: len(deaths(real, since)) == 2, what="both deaths")
    assert deaths(real, since) == [("node_killed", "exit")] * 2
    assert [real.node(number)["state"] for number in (2, 3)] == ["down", "down"]
    joins(real, since)


def test_a_verdict_while_the_database_is_held_is_told_as_one_and_a_kill_as_what_was_asked_for(real):
    since = real.known().v + 1
    os.kill(real.supervisor.pid, signal.SIGSTOP)  # so that it finds the request while nothing can be written
    asked = real.act("kill", node=3)
    with held_for(real, SILENT_S):
        os.kill(real.pid_of(2), signal.SIGSTOP)
        os.kill(real.supervisor.pid, signal.SIGCONT)
        assert gone_within(real.pid_of(2)), "fenced though nobody can be told"
    until(lambda: len(deaths(real, since)) == 2, what="both deaths")
    told = {
        event.payload["node"]["number"]: event.payload for event in real.events(since) if event.kind == "node_killed"
    }
    assert (told[2]["cause"], told[3]["cause"], told[3]["work"]) == ("silent", "asked", asked.version)
    joins(real, since)


@pytest.mark.long
def test_who_was_suspected_and_answered_while_the_database_was_held_is_not_suspected_for_ever(real):
    """Three of four servers, so that nobody is convicted."""
    pids = [real.pid_of(number) for number in (2, 3, 4)]
    since = real.known().v + 1
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    until(lambda: {real.node(number)["state"] for number in (2, 3, 4)} == {"suspected"}, what="suspicions")
    with held_for(real, SILENT_S):
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    until(lambda: {real.node(number)["state"] for number in (2, 3, 4)} == {"active"}, what="their answers, told")
    assert deaths(real, since) == []


@pytest.mark.installation(nodes=3, keys=KEYS, replicas=1)
def test_a_supervisor_that_is_killed_while_it_cannot_tell_of_a_death_leaves_no_trace_of_it(real):
    """Its successor starts from directories: each node is back, as its replica or as itself."""
    primary, _replica = in_sync(real, 2)
    written = write_confirmed(real, 2, KEYS)
    before = real.equal()
    with database_held(real.database_url):
        primary.kill()
        until(lambda: "cluster real: the database does not answer" in real.log(), what="a death that cannot be told")
        real.kill_supervisor()
        until(lambda: not real.server_pids(), what="the end of the servers")
    real.supervise()
    until(lambda: len(real.server_pids()) == 6, deadline_s=WITHIN_S, what="six servers")
    assert real.equal() == before
    assert lost_of(real, written) == []
    assert not {node["state"] for node in real.state()["nodes"]} & {"down", "joining"}
    assert "keys_lost" not in {event.kind for event in real.events()}


@pytest.mark.long
def test_a_death_while_the_hint_server_is_gone_and_the_database_held_is_told_when_both_are_back(real):
    since = real.known().v + 1
    with database_held(real.database_url):
        real.valkey.kill()
        until(lambda: "lease server does not answer" in real.log(), what="the supervisor to say so")
        os.kill(real.pid_of(2), signal.SIGKILL)
        wait(3.0)  # its lease runs out
    real.valkey.start()
    until(lambda: deaths(real, since), what="the death")
    assert deaths(real, since) == [("node_killed", "exit")]
    joins(real, since)
