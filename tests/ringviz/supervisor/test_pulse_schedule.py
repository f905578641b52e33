"""The schedule of short freezes, with its own clock: no drift, and nothing left stopped."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from ringviz.supervisor import pulsing
from ringviz.supervisor.pulsing import Pulses
from ringviz.supervisor.servers import Server
from servers.address import Address
from servers.watching.detector import MOST_LATE_S

KEY = (7, 1, "primary")
PULSE: Any = {"for_ms": 300, "every_ms": 1_000}


class Child:
    """Notes when it was stopped and continued."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.said: list[tuple[str, float]] = []

    def freeze(self) -> None:
        self.said.append(("stop", round(self.clock.now, 3)))

    def thaw(self) -> None:
        self.said.append(("go", round(self.clock.now, 3)))

    @property
    def is_stopped(self) -> bool:
        return bool(self.said) and self.said[-1][0] == "stop"


class Clock:
    """Stands in for the module `time`."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


class Scene:
    """Pulses without their thread: the clock makes the steps."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.leads = clock, True
        self.pulses = Pulses(lambda: self.leads)
        self.child = Child(clock)
        self.server = Server(1, Address("127.0.0.1", 7001), 17001, Path("1.1"), self.child)  # type: ignore[arg-type]

    def follow(self, pulse: Any = PULSE) -> None:
        self.pulses.follow(7, {1: (self.server, pulse)} if pulse else {})

    def ends(self, *, expected: bool) -> None:
        """Its server is about to end, or has ended by itself."""
        self.server.expected = expected
        if not expected:
            self.server.ended.set()
        self.pulses._step()

    def run_until(self, until: float, *, late: dict[float, float] | None = None) -> None:
        """Makes every step when it is due; `late` maps due times to delays."""
        while (pause := self.pulses._step()) is not None and self.clock.now + pause <= until:
            due = self.clock.now + pause
            self.clock.now = due + (late or {}).get(round(due, 3), 0.0)
        self.clock.now = max(until, self.clock.now)


def beat(stop: float, go: float) -> list[tuple[str, float]]:
    return [("stop", stop), ("go", go)]


@pytest.fixture
def scene(monkeypatch) -> Scene:
    clock = Clock()
    monkeypatch.setattr(pulsing, "time", clock)
    return Scene(clock)


def test_stops_come_each_period_and_last_as_long_as_asked(scene):
    scene.follow()
    scene.run_until(102.5)
    assert scene.child.said == [
        ("stop", 100),
        ("go", 100.3),
        ("stop", 101),
        ("go", 101.3),
        ("stop", 102),
        ("go", 102.3),
    ]


def test_lateness_never_adds_up(scene):
    scene.follow()
    scene.run_until(102.9, late={100.3: 0.1, 101.0: 0.2})
    assert scene.child.said == [*beat(100, 100.4), *beat(101.2, 101.3), *beat(102, 102.3)], "a late one ends in time"


def test_a_server_runs_for_a_part_of_its_share_after_a_stop_that_ended_late(scene):
    scene.follow({"for_ms": 800, "every_ms": 1_000})
    scene.run_until(102.9, late={100.8: 0.15})
    assert scene.child.said == [*beat(100, 100.95), *beat(102, 102.8)]


def test_what_was_slept_through_is_left_out(scene):
    scene.follow()
    scene.run_until(133.9, late={101.0: 30.5})
    assert scene.child.said == [
        *(("stop", 100), ("go", 100.3)),
        *(("stop", 132), ("go", 132.3)),
        *(("stop", 133), ("go", 133.3)),
    ]


def test_nothing_is_stopped_without_the_lease_and_a_stop_that_is_on_ends(scene):
    scene.follow()
    scene.run_until(100.1)
    scene.leads = False
    scene.run_until(103.5)
    assert scene.child.said == [("stop", 100), ("go", 100.3)]
    scene.leads = True
    scene.run_until(104.1)
    assert scene.child.said[2:] == [("stop", 104)]


ENDS = {
    "it is thawed": lambda scene: scene.follow(None),
    "it is frozen for good, which begins with the end": lambda scene: scene.pulses.end(7, 1),
    "another pulse is set": lambda scene: scene.follow({"for_ms": 8, "every_ms": 10_000}),
    "the supervisor ends": lambda scene: scene.pulses.stop(),
    "its server is to end": lambda scene: scene.ends(expected=True),
    "its server has ended": lambda scene: scene.ends(expected=False),
}


@pytest.mark.parametrize("what", ENDS)
def test_a_stopped_server_goes_on_at_once_when(scene, what):
    scene.follow()
    scene.run_until(100.1)
    assert scene.child.is_stopped
    ENDS[what](scene)
    assert scene.child.said == [("stop", 100), ("go", 100.1)]
    assert scene.pulses.stopped_s(KEY, 0.0) == pytest.approx(0.1)


def test_other_clusters_pulse_on(scene):
    scene.follow()
    scene.pulses.follow(8, {})
    scene.run_until(101.1)
    assert scene.child.is_stopped


def test_the_same_pulse_followed_again_keeps_its_schedule(scene):
    scene.follow()
    scene.run_until(100.6)
    scene.follow()
    scene.run_until(101.1)
    assert scene.child.said == [("stop", 100), ("go", 100.3), ("stop", 101)]


def test_only_the_time_in_which_it_was_stopped_is_excused(scene):
    scene.follow()
    scene.run_until(101.2)
    stopped_s = scene.pulses.stopped_s
    assert stopped_s(KEY, 100.0) == pytest.approx(0.5)
    assert stopped_s(KEY, 100.2) == pytest.approx(0.3)
    assert stopped_s(KEY, 101.1) == pytest.approx(0.1)
    assert stopped_s((7, 2, "primary"), 0.0) == 0.0
    assert stopped_s((7, 1, "replica"), 0.0) == 0.0


def test_a_stop_that_does_not_end_is_no_excuse_for_ever(scene):
    scene.follow()
    scene.run_until(100.1)
    scene.clock.now = 160.0  # its thread is stuck
    assert scene.pulses.stopped_s(KEY, 0.0) == pytest.approx(0.3 + MOST_LATE_S)


def test_old_stops_are_forgotten(scene):
    scene.follow({"for_ms": 8, "every_ms": 10})
    scene.run_until(105.0)
    assert len(scene.pulses._stops[KEY]) <= pulsing.KEPT_S * 100 + 2


def test_the_thread_keeps_the_time_of_a_real_clock():
    """Eight of every ten milliseconds, for half a second: no stop is lost, and the last one ends."""
    stops, gone = threading.Semaphore(0), threading.Event()

    class Real:
        def freeze(self) -> None:
            gone.clear()
            stops.release()

        def thaw(self) -> None:
            gone.set()

    server = Server(1, Address("127.0.0.1", 7001), 17001, Path("1.1"), Real())  # type: ignore[arg-type]
    pulses = Pulses(lambda: True)
    pulses.start()
    pulses.follow(7, {1: (server, PULSE | {"for_ms": 8, "every_ms": 10})})
    for _ in range(20):
        assert stops.acquire(timeout=10)
    pulses.stop()
    assert gone.is_set()
