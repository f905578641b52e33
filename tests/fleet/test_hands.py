"""Threads that decide ask the main thread to start children, and learn when they end."""

import queue
import signal
import sys

import pytest

from fleet.hands import Closed, Hands
from fleet.process import Child, start
from tests.on_hands import run_beside
from tests.processes import DEADLINE_S, gone_within

WAITS = [sys.executable, "-c", "import signal; signal.pause()"]


def test_a_thread_starts_a_child_and_hears_of_its_end():
    hands = Hands()
    ended: queue.Queue[Child] = queue.Queue()

    def work():
        child = hands.start(lambda: start("child", WAITS), ended.put)
        child.signal(signal.SIGKILL)
        return child, ended.get(timeout=DEADLINE_S)

    child, heard_of = run_beside(hands, work)
    assert heard_of is child
    assert child.status == -signal.SIGKILL


def test_an_error_is_told_to_who_asked():
    hands = Hands()
    with pytest.raises(ZeroDivisionError):
        run_beside(hands, lambda: hands.do(lambda: 1 / 0))


def test_at_its_end_no_child_is_left_and_nothing_is_started_any_more():
    hands = Hands()
    child = run_beside(hands, lambda: hands.start(lambda: start("child", WAITS), lambda _child: None))
    hands.end()
    assert gone_within(child.pid)
    with pytest.raises(Closed):
        hands.do(lambda: None)
