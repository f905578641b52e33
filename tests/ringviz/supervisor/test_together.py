"""Servers that exit together: none of them is at fault, and they come back with their keys."""

import os
import signal

import pytest

from tests.faults import end_together
from tests.processes import until
from tests.ringviz.supervisor.replicas import in_sync, lost_of, write_confirmed

KEYS = 2_000
NODES = (1, 2, 3)
pytestmark = [pytest.mark.installation(nodes=3, keys=KEYS), pytest.mark.no_cover]


def told(real):
    return [(event.kind, event.payload["node"]["number"]) for event in real.events() if event.kind in _DEATHS]


_DEATHS = ("node_killed", "node_failed_over", "node_restarted")


def written_at_all(real):
    return {name: value for number in NODES for name, value in write_confirmed(real, number, KEYS).items()}


def test_all_servers_come_back_with_their_keys_where_they_have_no_replicas(real):
    before = real.equal()
    end_together(real.server_pids())
    until(lambda: len(told(real)) == 3, what="three restarts")
    assert sorted(told(real)) == [("node_restarted", number) for number in NODES]
    assert real.equal() == before
    assert "keys_lost" not in {event.kind for event in real.events()}
    assert len(real.server_pids()) == 3


def test_two_of_three_come_back_and_one_of_three_does_not(real):
    before = real.equal()
    os.kill(real.supervisor.pid, signal.SIGSTOP)
    end_together([real.pid_of(2), real.pid_of(3)])
    os.kill(real.supervisor.pid, signal.SIGCONT)
    until(lambda: len(told(real)) == 2, what="two restarts")
    assert sorted(told(real)) == [("node_restarted", 2), ("node_restarted", 3)]
    assert real.equal() == before
    os.kill(real.pid_of(2), signal.SIGKILL)
    until(lambda: told(real)[-1] == ("node_killed", 2), what="a death that is its own")
    assert sum(real.equal().values()) == KEYS


@pytest.mark.installation(nodes=3, keys=KEYS, replicas=1)
def test_with_replicas_no_confirmed_write_is_lost(real):
    for number in NODES:
        in_sync(real, number)
    before, written = real.equal(), written_at_all(real)
    end_together(real.server_pids())
    until(lambda: {number for _kind, number in told(real)} == set(NODES), what="all three")
    assert real.equal() == before
    assert lost_of(real, written) == []
    assert not {"node_killed", "keys_lost"} & {event.kind for event in real.events()}
    until(lambda: len(real.server_pids()) == 6, what="six servers")


@pytest.mark.long
def test_as_long_as_most_cannot_start_nobody_is_given_up(real, monkeypatch):
    """For longer than a server that fails alone is retried; here its log cannot be opened."""
    before = real.equal()
    logs = list(real.folder.glob("clusters/*/*/server.log"))
    for log in logs:
        log.rename(log.with_suffix(".old"))
        log.mkdir()
    end_together(real.server_pids())
    until(lambda: real.log().count("did not start again") >= 3 * 7, deadline_s=90, what="seven tries of each")
    assert told(real) == []
    real.act("kill", node=3)
    assert real.event("node_killed").payload["node"]["number"] == 3, "an operator may give one up"
    for log in logs:
        if log.exists():
            log.rmdir()
    until(lambda: len(told(real)) == 3, deadline_s=60, what="two restarts")
    assert sorted(told(real)) == [("node_killed", 3), ("node_restarted", 1), ("node_restarted", 2)]
    assert sum(real.equal().values()) == sum(before.values())
