"""Programs are kept running, within reason, and ended in order."""

import io
import os
import signal
import sys
from functools import partial

import pytest

from dashboard.demo import keeper as keeping
from dashboard.demo.console import Console
from dashboard.demo.keeper import DemoKeeper
from dashboard.demo.stopping import ENDING, Stopped, Stopping
from fleet.process import start
from tests.processes import gone_within

WAITS = [sys.executable, "-c", "import signal; signal.pause()"]
FAILS = [sys.executable, "-c", "raise SystemExit(3)"]


@pytest.fixture
def console():
    return Console(io.StringIO())


@pytest.fixture
def keeper(console, monkeypatch):
    monkeypatch.setattr(keeping, "FIRST_PAUSE_S", 0.01)
    keeper = DemoKeeper(console)
    yield keeper
    keeper.kill()
    keeper.end()


class Starts:
    """Starts the same command again and again, and remembers each."""

    def __init__(self, *commands):
        self._commands = list(commands)
        self.children = []

    def __call__(self):
        command = self._commands.pop(0) if len(self._commands) > 1 else self._commands[0]
        self.children.append(start("program", command))
        return self.children[-1]


def test_a_program_that_dies_is_started_again(keeper):
    starts = Starts(FAILS, WAITS)
    keeper.add("hints", starts, grace_s=5, essential=False)
    assert keeper.look_after(lambda: len(starts.children) == 2)
    assert starts.children[1].status is None


def test_one_that_is_not_essential_is_tried_for_ever(keeper):
    starts = Starts(FAILS)
    keeper.add("hints", starts, grace_s=5, essential=False)
    assert keeper.look_after(lambda: len(starts.children) > keeping.DEATHS + 1)


def test_an_essential_one_that_keeps_dying_ends_it(keeper, console):
    starts = Starts(FAILS)
    keeper.add("web", starts, grace_s=5, essential=True)
    assert not keeper.look_after(lambda: False)
    assert len(starts.children) == keeping.DEATHS
    assert "giving up" in console._stream.getvalue()


def test_old_deaths_are_forgiven(keeper, monkeypatch):
    monkeypatch.setattr(keeping, "WITHIN_S", 0.0)
    starts = Starts(FAILS)
    keeper.add("web", starts, grace_s=5, essential=True)
    assert keeper.look_after(lambda: len(starts.children) > keeping.DEATHS + 1)


def test_pauses_double_up_to_a_limit(monkeypatch):
    kept = keeping.Kept("web", Starts(WAITS), 5, True)
    pauses = []
    for now in range(100, 110):
        kept.bury(float(now))
        assert kept.start_at is not None
        pauses.append(kept.start_at - now)
    assert pauses[:3] == [0.5, 1.0, 2.0]
    assert max(pauses) <= keeping.LONGEST_PAUSE_S


def noted_end(ended, name, end, grace_s):
    ended.append(name)
    return end(grace_s)


def test_the_last_started_is_ended_first(keeper, monkeypatch):
    first, second = Starts(WAITS), Starts(WAITS)
    keeper.add("hints", first, grace_s=5, essential=False)
    keeper.add("web", second, grace_s=5, essential=True)
    ended: list[str] = []
    for name, child in (("hints", first.children[0]), ("web", second.children[0])):
        monkeypatch.setattr(child, "end", partial(noted_end, ended, name, child.end))
    keeper.end()
    assert ended == ["web", "hints"]
    assert gone_within(first.children[0].pid)


def test_the_end_of_make_is_seen(console, monkeypatch):
    monkeypatch.setenv("MAKELEVEL", "1")
    under_make = DemoKeeper(console)
    monkeypatch.setattr(os, "getppid", lambda: 1)
    assert under_make.look_after(lambda: False)


class TestStopping:
    @pytest.fixture(autouse=True)
    def restore(self):
        before = {number: signal.getsignal(number) for number in ENDING}
        for number in ENDING:
            signal.signal(number, signal.SIG_DFL)  # nohup has the tests ignore one of them
        yield
        for number, handler in before.items():
            signal.signal(number, handler)

    @pytest.mark.parametrize("number", ENDING)
    def test_the_first_signal_stops_and_the_next_hurry(self, number):
        hurried = []
        stopping = Stopping(lambda: hurried.append(True))
        stopping.install()
        with pytest.raises(Stopped):
            signal.raise_signal(number)
        assert stopping.begun
        assert hurried == []
        signal.raise_signal(number)
        assert hurried == [True]

    def test_what_nohup_ignores_stays_ignored(self):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        stopping = Stopping(lambda: None)
        stopping.install()
        signal.raise_signal(signal.SIGHUP)
        assert not stopping.begun

    def test_nothing_that_recovers_from_errors_swallows_it(self):
        assert not issubclass(Stopped, Exception)
