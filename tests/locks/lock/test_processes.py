"""Processes contend, and are stopped and killed. What they wrote shows whether two were inside at once, not Redis."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from locks.lock import Lock
from tests.locks.lock.actors import Actor, Actors, actors
from tests.locks.lock.looking import left_over, line
from tests.locks.lock.nursery import write
from tests.processes import until


class Entry(NamedTuple):
    """One visit of a process to the protected section. Times are seconds of one monotonic clock."""

    pid: int
    token: int
    asked: float
    in_line: float
    entered: float
    left: float


@pytest.fixture(scope="module")
def crowd(shared_valkey) -> Iterator[Actors]:
    with actors(shared_valkey.url) as ours:
        yield ours


def entries_of(log: Path) -> list[Entry]:
    """What the processes wrote, in the order in which they entered."""
    lines = [text.split() for text in log.read_text().splitlines()]
    found = [Entry(int(pid), int(token), *map(float, times)) for pid, token, *times in lines]
    return sorted(found, key=lambda entry: entry.entered)


def contended(crowd: Actors, name: str, log: Path, *, processes: int, turns: int, hold_s: float) -> list[Entry]:
    """Lets the processes enter `turns` times each. They all begin at once."""
    workers = [crowd.new() for _ in range(processes)]
    begin_at = time.monotonic() + 0.1
    for worker in workers:
        worker.begin("contend", name, str(log), 30_000, begin_at, turns, hold_s)
    for worker in workers:
        worker.reply()
        worker.signal(signal.SIGKILL)
    return entries_of(log)


def overlaps(entries: list[Entry]) -> list[tuple[Entry, Entry]]:
    return [(one, next_) for one, next_ in pairwise(entries) if next_.entered < one.left]


def inversions(entries: list[Entry]) -> list[tuple[Entry, Entry]]:
    """Pairs whose second asked when the first was already in line, yet entered before it."""
    return [(one, two) for at, two in enumerate(entries) for one in entries[at + 1 :] if one.in_line < two.asked]


@pytest.mark.parametrize(("processes", "turns"), [(2, 40), (8, 10), (32, 3)])
def test_no_two_of_many_processes_are_in_at_once(crowd, client, name, tmp_path, processes, turns):
    entries = contended(crowd, name, tmp_path / "log", processes=processes, turns=turns, hold_s=0.002)
    assert len(entries) == processes * turns
    assert not overlaps(entries)
    assert [entry.token for entry in entries] == list(range(1, len(entries) + 1))
    assert not left_over(client, name)


def test_ten_waiters_share_and_none_is_overtaken(crowd, client, name, tmp_path):
    entries = contended(crowd, name, tmp_path / "log", processes=10, turns=12, hold_s=0.02)
    assert not inversions(entries)
    ours = {pid: [entry for entry in entries if entry.pid == pid] for pid in {entry.pid for entry in entries}}
    assert len(ours) == 10
    all_there = max(first.in_line for first, *_ in ours.values())
    one_done = min(last.entered for *_, last in ours.values())
    shares = Counter(entry.pid for entry in entries if all_there < entry.entered <= one_done)
    assert max(shares.values()) / min(shares[pid] for pid in ours) <= 1.5


TTL_MS = 400


@pytest.mark.parametrize("times", [0.5, 1.5, 3.0])
def test_a_holder_that_was_stopped_writes_nothing_once_another_is_in(crowd, client, name, tmp_path, times):
    resource = tmp_path / "resource"
    stopped = crowd.new()
    _asked_at, token = stopped.do("acquire", name, TTL_MS, 1.0)
    stopped.signal(signal.SIGSTOP)
    other = Lock(client, name, 30_000)
    ends_at = time.monotonic() + TTL_MS / 1000 * times
    if times > 1:
        held = other.acquire(30)
        assert held.fencing_token == token + 1
        assert write(resource, held.fencing_token, "ours")
    time.sleep(max(0.0, ends_at - time.monotonic()))
    stopped.signal(signal.SIGCONT)
    valid_s, accepted, released = (
        stopped.do("valid_for_s"),
        stopped.do("write", str(resource), "late"),
        stopped.do("release"),
    )
    if times > 1:
        assert (valid_s, accepted, released) == (0, False, False)
        assert held.release(), "what is ours was not touched"
        assert resource.read_text() == f"{held.fencing_token} ours\n"
    else:
        assert accepted, "nobody else was in"


def test_after_a_holder_was_killed_the_next_enters_when_its_time_is_up_and_never_before(crowd, client, name):
    killed = crowd.new()
    asked_at, token = killed.do("acquire", name, TTL_MS, 1.0)
    killed.signal(signal.SIGKILL)
    with Lock(client, name).hold(30) as held:
        assert time.monotonic() - asked_at >= TTL_MS / 1000
        assert held.fencing_token == token + 1


def test_a_waiter_that_was_killed_is_passed_over(crowd, client, name):
    with Lock(client, name).hold(5) as held:
        killed: Actor = crowd.new()
        killed.do("lease_of", 600)
        killed.begin("acquire", name, 30_000, 60.0)
        until(lambda: len(line(client, name)) == 1, what="the first waiter")
        second = crowd.new()
        second.begin("acquire", name, 30_000, 60.0)
        until(lambda: len(line(client, name)) == 2, what="the second waiter")
        killed.signal(signal.SIGKILL)
        assert held.release()
        assert Lock(client, name).try_acquire() is None, "a free lock that others wait for is not for who just comes"
    assert second.reply()[1] == held.fencing_token + 1
    assert second.do("release")
    assert not left_over(client, name)
