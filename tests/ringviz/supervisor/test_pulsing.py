"""Short freezes of real servers, as a client sees them; what they never do; and what they never hide."""

import os
import signal
import time
from itertools import pairwise
from pathlib import Path

import pytest
from redis import Redis

from ringviz.bounds import SLOW_EVERY_MS, SLOW_FOR_MS
from tests.processes import until

KEYS = 4_000


def client_of(real, number):
    host, _colon, port = real.node(number)["address"].partition(":")
    return Redis(host, int(port), password=real.password(), socket_timeout=30)


def silences(real, number, seconds, least_s):
    """When (since the first ping) and how long a server kept a client waiting; only waits of `least_s` or more."""
    found, begun = [], time.monotonic()
    with client_of(real, number) as client:
        client.ping()
        while (asked := time.monotonic()) - begun < seconds:
            client.ping()
            if (took := time.monotonic() - asked) >= least_s:
                found.append((asked - begun, took))
    return found


def pulse(real, number, frozen, every):
    return real.act("freeze", node=number, **{"for": frozen, "every": every})


def is_stopped(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def kinds(real, since):
    return [event.kind for event in real.events(since)]


def test_a_client_waits_for_so_long_in_each_period_until_a_thaw(real):
    asked = pulse(real, 2, 300, 1_000)
    until(lambda: is_stopped(real.pid_of(2)), what="the first freeze")
    found = silences(real, 2, 6.0, 0.15)
    assert 4 <= len(found) <= 7, found
    whole = sorted(took for _at, took in found)[len(found) // 2]
    assert 0.25 < whole < 0.4, found
    ends = [at + took for at, took in found]
    gaps = [after - before for before, after in pairwise(ends)]
    assert all(round(gap) >= 1 and abs(gap - round(gap)) < 0.2 for gap in gaps), found
    thawed = real.act("thaw", node=2)
    assert thawed.kind == "node_pulsed"
    until(lambda: not silences(real, 2, 1.2, 0.15), what="the end of the freezes")
    assert kinds(real, asked.version) == ["node_pulsed", "node_pulsed"], real.log()
    assert sum(real.equal().values()) == KEYS


def test_the_longest_freezes_convict_and_suspect_nobody_and_keys_move_meanwhile(real):
    asked = pulse(real, 2, 800, 1_000)
    until(lambda: is_stopped(real.pid_of(2)), what="the first freeze")
    time.sleep(6)  # five verdicts, if its silence were held against it
    added = real.act("add", name="cache-5", zone="", weight=1)
    real.event("node_added", added.version)
    assert sum(real.equal().values()) == KEYS
    assert set(kinds(real, asked.version)) == {"node_pulsed", "work_asked", "node_added"}, real.log()
    assert real.node(2)["pulse"] == {"for_ms": 800, "every_ms": 1_000}


def test_one_that_is_slow_runs_for_half_of_the_time_and_nobody_is_suspected(real):
    """The loop below takes only its own time: at half speed it takes twice as long."""

    def took_s(client):
        begun = time.monotonic()
        client.eval("for _ = 1, 4000000 do end", 0)
        return time.monotonic() - begun

    with client_of(real, 2) as slow, client_of(real, 3) as other:
        plain = took_s(slow)
        asked = pulse(real, 2, SLOW_FOR_MS, SLOW_EVERY_MS)
        until(lambda: is_stopped(real.pid_of(2)), what="the first stop")
        ratios = sorted(took_s(slow) / took_s(other) for _ in range(60))
    assert 1.5 < ratios[len(ratios) // 2] < 3, (plain, ratios)
    assert set(kinds(real, asked.version)) == {"node_pulsed"}, real.log()
    assert real.act("thaw", node=2).kind == "node_pulsed"
    assert sum(real.equal().values()) == KEYS


@pytest.mark.long
def test_one_that_dies_while_it_pulses_is_dead(real):
    pulse(real, 2, 800, 1_000)
    until(lambda: is_stopped(real.pid_of(2)), what="the first freeze")
    os.kill(real.pid_of(2), signal.SIGKILL)
    killed = real.event("node_killed")
    assert (killed.payload["cause"], killed.payload["node"]["number"]) == ("exit", 2)
    assert "pulse" not in real.node(2)
    assert sum(real.equal().values()) == KEYS


@pytest.mark.long
def test_one_that_hangs_while_it_pulses_is_convicted(real):
    """It is continued in time but still answers nobody: this silence is not one of our freezes."""
    pulse(real, 2, 300, 1_000)
    until(lambda: is_stopped(real.pid_of(2)), what="the first freeze")
    with client_of(real, 2) as client:
        connection = client.connection_pool.get_connection()
        connection.send_command("EVAL", "while true do end", 0)
        killed = real.event("node_killed")
        connection.disconnect()
    assert (killed.payload["cause"], killed.payload["node"]["number"]) == ("silent", 2)


def test_a_freeze_for_good_ends_the_pulse_and_is_convicted(real):
    pulse(real, 2, 300, 1_000)
    until(lambda: is_stopped(real.pid_of(2)), what="the first freeze")
    real.act("freeze", node=2)
    assert real.event("node_killed").payload["cause"] == "silent"
    assert "pulse" not in real.node(2)


@pytest.mark.long
def test_a_supervisor_that_ends_in_the_middle_of_a_freeze_leaves_nothing_stopped(real):
    pids = real.server_pids()
    pulse(real, 2, 800, 1_000)
    until(lambda: is_stopped(real.pid_of(2)), what="the first freeze")
    assert real.end_supervisor() == 0
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    real.supervise()
    real.event("node_restarted")
    assert "pulse" not in real.node(2), "as one that was frozen is not any more"
    assert sum(real.equal().values()) == KEYS


def test_a_killed_supervisor_leaves_nothing_stopped(real):
    pids = real.server_pids()
    pulse(real, 2, 800, 1_000)
    until(lambda: is_stopped(real.pid_of(2)), what="the first freeze")
    real.kill_supervisor()
    until(lambda: not [pid for pid in pids if Path(f"/proc/{pid}").exists()], what="the end of all servers")
    real.supervise()
    real.event("node_restarted")
