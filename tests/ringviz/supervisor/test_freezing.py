"""Freezes with time before their verdict: as long as the cluster's log says, and only for requested freezes."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from live.log import timestamp
from live.models import Event
from ringviz.core.state import State
from ringviz.supervisor.freezing import Freezes
from tests.processes import until

DELAY_MS = 5_000
SOON_S = 2.5  # enough to convict a silent server without a delay, on a busy machine


def between_s(first: Event, then: Event) -> float:
    return (then.at - first.at).total_seconds()


def silent_by_itself(real: Any, number: int) -> float:
    """Stops a server from outside; returns how long it took until it was reported dead."""
    after, began = real.events()[-1].version, time.time()
    os.kill(real.pid_of(number), signal.SIGSTOP)
    killed = real.event("node_killed", after)
    assert (killed.payload["node"]["number"], killed.payload["cause"]) == (number, "silent")
    return float(killed.at.timestamp() - began)


def test_a_frozen_node_is_convicted_when_the_delay_is_over_and_one_that_hangs_at_once(real):
    real.act("verdict_delay", verdict_delay_ms=DELAY_MS)
    real.act("freeze", node=3)
    frozen = real.event("node_frozen")
    assert silent_by_itself(real, 2) < SOON_S
    killed = real.event("node_killed", real.event("node_killed", frozen.version).version + 1)
    assert (killed.payload["node"]["number"], killed.payload["cause"]) == (3, "silent")
    assert DELAY_MS / 1_000 <= between_s(frozen, killed) < DELAY_MS / 1_000 + SOON_S
    assert sum(real.equal().values()) == 4_000


def test_a_node_that_is_thawed_late_lives_and_its_next_silence_is_found_as_ever(real):
    real.act("verdict_delay", verdict_delay_ms=60_000)
    real.act("freeze", node=3)
    frozen = real.event("node_frozen")
    until(lambda: time.time() - frozen.at.timestamp() > SOON_S, what="more than a verdict takes")
    asked = real.act("thaw", node=3)
    thawed = real.event("node_thawed", asked.version)
    assert between_s(asked, thawed) < 1
    assert sum(real.equal().values()) == 4_000
    assert "node_killed" not in [event.kind for event in real.events()]
    assert silent_by_itself(real, 3) < SOON_S


class Members:
    """One server, frozen or not, and how long it was excused."""

    def __init__(self) -> None:
        self.is_running = True
        self.excused: list[float] = []

    def primary(self, _number: int) -> Members:
        return self

    def excuse(self, _server: Members, seconds: float) -> None:
        self.excused.append(seconds)


def state_of(state: str, ago_s: float, delay_ms: int = 8_000) -> State:
    since = timestamp(datetime.now(UTC) - timedelta(seconds=ago_s))
    node = {"number": 1, "state": state, "since": since}
    return cast(State, {"cluster": {"verdict_delay_ms": delay_ms} if delay_ms else {}, "nodes": [node]})


def test_who_keeps_the_cluster_later_has_the_same_deadline():
    members = Members()
    Freezes(cast(Any, members)).follow(state_of("frozen", ago_s=5))
    assert members.excused == [pytest.approx(3 - 0.5, abs=0.2)]


def test_it_excuses_once_and_no_more_once_it_is_thawed():
    members = Members()
    freezes = Freezes(cast(Any, members))
    frozen = state_of("frozen", ago_s=0)
    freezes.follow(frozen)
    freezes.follow(frozen)
    freezes.follow(state_of("active", ago_s=0))
    assert members.excused == [pytest.approx(7.5, abs=0.2), 0]


def test_without_a_delay_nobody_is_excused():
    members = Members()
    Freezes(cast(Any, members)).follow(state_of("frozen", ago_s=0, delay_ms=0))
    assert members.excused == []
