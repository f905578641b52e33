"""A waiter stands in line, is woken or wakes by itself, and leaves nothing behind."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import pytest
from redis import Redis

from locks.core.own import keys_of
from locks.lock import BadLock, Held, Lock, NotAcquired, break_lock, client_of
from locks.lock.asking import waiting
from locks.lock.performing import perform
from locks.lock.terms import terms_of
from locks.lock.validity import now_s
from tests import started
from tests.locks.lock.looking import left_over, line
from tests.processes import until

LONG_MS = 60_000


@pytest.fixture
def others():
    with ThreadPoolExecutor(16) as pool:
        yield pool


def in_line(client, name, count):
    return len(line(client, name)) == count


def waits(others, client, name, **terms) -> Future[Held]:
    """Adds a waiter, and returns once it is in line."""
    before = len(line(client, name))
    coming: Future[Held] = others.submit(Lock(client, name, LONG_MS, **terms).acquire, 30)
    until(lambda: len(line(client, name)) > before, what="the waiter in line")
    return coming


@pytest.mark.parametrize("way", ["release", "break", "expiry", "stranger"])
def test_who_waits_gets_it_afterwards(others, client, name, way):
    lock = Lock(client, name, 300 if way == "expiry" else LONG_MS)
    first = lock.try_acquire()
    assert first is not None
    coming = waits(others, client, name)
    if way == "release":
        first.release()
    elif way == "break":
        assert break_lock(client, name, first.holder_id) == (True, 1)
    elif way == "stranger":
        client.delete(keys_of(name).held)  # and wakes nobody
    second = coming.result(30)
    assert second.fencing_token == first.fencing_token + 1
    assert second.release()
    assert not left_over(client, name)


def test_they_come_in_the_order_in_which_they_came(others, client, name):
    order: list[str] = []

    def enter(who: str) -> None:
        with Lock(client, name, holder=who).hold(30):
            order.append(who)

    with Lock(client, name).hold(5):
        names = [f"waiter-{at}" for at in range(10)]
        for at, who in enumerate(names):
            others.submit(enter, who)
            until(partial(in_line, client, name, at + 1), what="the waiter in line")
        assert [member.split(":")[0] for member in line(client, name)] == names
    until(lambda: len(order) == 10, what="everybody's turn")
    assert order == names


def test_nobody_passes_those_who_wait_unless_the_lock_is_not_fair(client, name):
    keys = keys_of(name)
    now_ms = int(time.time() * 1000)
    client.zadd(keys.queue, {"somebody": now_ms})  # a live waiter whose turn is next
    client.zadd(keys.leases, {"somebody": now_ms + LONG_MS})
    assert Lock(client, name).try_acquire() is None
    hasty = Lock(client, name, fair=False).try_acquire()
    assert hasty is not None
    assert line(client, name) == ["somebody"]
    assert hasty.release()
    client.zadd(keys.leases, {"somebody": now_ms - 1})
    assert Lock(client, name).try_acquire(), "who let the lease run out is forgotten"
    assert not line(client, name)


def test_each_is_told_when_to_look_again_and_all_of_them_are_forgotten_if_they_die(client, name):
    """The first looks again when the holder's time is up, the next when the first one's lease is."""
    terms = terms_of(name, LONG_MS)
    with Lock(client, name, 20_000).hold(5):
        replies = [perform(client, next(waiting(terms, f"waiter-{at}", 30, 1, now_s))) for at in range(3)]
    agains_ms, places = [reply[1] for reply in replies], [reply[2] for reply in replies]
    assert places == [0, 1, 2]
    assert 3_000 < agains_ms[0] <= 20_001
    assert all(0 < again_ms <= 3_001 for again_ms in agains_ms[1:])
    assert all(0 < client.pttl(key) <= 6_000 for key in terms.keys[2:4])


def test_whoever_dies_in_the_middle_of_the_line_is_forgotten_too(client, name):
    """Otherwise the next waiter would keep looking for the end of that lease."""
    keys, now_ms = keys_of(name), int(time.time() * 1000)
    client.zadd(keys.queue, {"first": 1, "dead": 2, "third": 3})
    client.zadd(keys.leases, {"first": now_ms + LONG_MS, "dead": now_ms - 1, "third": now_ms + LONG_MS})
    assert Lock(client, name).try_acquire() is None
    assert line(client, name) == ["first", "third"]


@pytest.mark.parametrize("lease_ms", [None, 3_600_000])
def test_a_place_without_a_lease_or_with_one_of_another_time_is_nobodys(client, name, lease_ms):
    """The server's clock may have been set back by an hour."""
    client.zadd(keys_of(name).queue, {"nobody": 1})
    if lease_ms is not None:
        client.zadd(keys_of(name).leases, {"nobody": int(time.time() * 1000) + lease_ms})
    assert Lock(client, name).try_acquire()
    assert not line(client, name)


@pytest.mark.parametrize("timeout_s", [0, 0.2])
def test_waiting_ends_at_its_time_and_leaves_nothing(client, name, timeout_s):
    with Lock(client, name, holder="present").hold(5) as held:
        began = time.monotonic()
        with pytest.raises(NotAcquired, match="held by present"):
            Lock(client, name).acquire(timeout_s)
        assert time.monotonic() - began >= timeout_s
        assert left_over(client, name) == {""}
        assert held.extend()


def test_an_exception_within_the_wait_leaves_the_line(client, name, monkeypatch):
    """Stands in for Ctrl-C: the test raises KeyboardInterrupt where a signal would."""
    whole = type(client).execute_command

    def interrupted(self, *args, **options):
        if args[0] == "BLPOP":
            raise KeyboardInterrupt
        return whole(self, *args, **options)

    with Lock(client, name).hold(5):
        monkeypatch.setattr(type(client), "execute_command", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Lock(client, name).acquire(30)
        assert left_over(client, name) == {""}


def test_a_release_is_one_even_where_nobody_can_be_woken(client, name):
    """Another program has a key under the name of the wake list."""
    keys, now_ms = keys_of(name), int(time.time() * 1000)
    held = Lock(client, name).try_acquire()
    assert held is not None
    client.zadd(keys.queue, {"somebody": now_ms})
    client.zadd(keys.leases, {"somebody": now_ms + LONG_MS})
    client.hset(keys.wake + b"somebody", "not", "ours")
    assert held.release()
    assert not client.exists(keys.held)


def test_one_who_leaves_when_it_was_woken_wakes_the_next(others, client, name):
    """The first in line is woken, but gives up instead of taking the lock."""
    first = Lock(client, name, LONG_MS).try_acquire()
    assert first is not None
    keys, now_ms = keys_of(name), int(time.time() * 1000)
    client.zadd(keys.queue, {"quitter": now_ms - LONG_MS})
    client.zadd(keys.leases, {"quitter": now_ms + LONG_MS})
    coming = waits(others, client, name)
    assert first.release()
    assert client.llen(keys.wake + b"quitter") == 1
    assert 0 < client.pttl(keys.wake + b"quitter") <= 3_000
    assert break_lock(client, name, "quitter") == (False, 1)  # the script that runs when a waiter leaves
    assert coming.result(30).release()
    assert not left_over(client, name)


class Counting(Redis):
    """Counts the commands that it sends."""

    sent = 0

    def execute_command(self, *args, **options):
        self.sent += 1
        return super().execute_command(*args, **options)


def test_a_waiter_costs_two_commands_a_second(client, shared_valkey, name):
    ours = Counting(unix_socket_path=str(shared_valkey.path))
    with ours, Lock(client, name).hold(5), pytest.raises(NotAcquired):
        Lock(ours, name).acquire(1.5)
    assert 5 <= ours.sent <= 7, "ask, block; ask, block; ask; leave"


def test_a_server_that_goes_and_comes_back_is_waited_for(others, name):
    with started.valkey() as server, client_of(server.url) as client:
        first = Lock(client, name, LONG_MS).try_acquire()
        assert first is not None
        coming = waits(others, client, name)
        server.kill()
        server.start()  # it has forgotten everything
        assert coming.result(30).release()
        assert not left_over(client, name)


def test_a_client_that_gives_up_too_early_cannot_wait(shared_valkey, name):
    with client_of(shared_valkey.url, timeout_s=0.1) as client:
        lock = Lock(client, name)
        with pytest.raises(BadLock, match="socket_timeout"):
            lock.acquire(1)
        assert lock.try_acquire()


def test_a_client_with_a_short_deadline_waits_all_the_same(client, shared_valkey, name):
    with client_of(shared_valkey.url, timeout_s=0.6) as hasty, Lock(client, name).hold(5) as held:
        with pytest.raises(NotAcquired, match="held by"):
            Lock(hasty, name).acquire(1.2)
        assert held.extend()
