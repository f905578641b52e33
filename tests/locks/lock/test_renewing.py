"""Renewal keeps a lock. If it cannot, it tells the holder before the time is up."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable

import pytest

from locks.core.own import keys_of
from locks.lock import BadLock, Held, Lock, LockLost, break_lock, client_of
from locks.lock.renewing import OnLost, Renewing
from locks.lock.scripts import EXTEND
from tests import started
from tests.locks.lock.looking import left_ms
from tests.locks.lock.proxy import proxy
from tests.processes import until

TTL_MS = 1_500


@pytest.fixture
def held(client, name) -> Held:
    ours = Lock(client, name, TTL_MS).try_acquire()
    assert ours is not None
    return ours


def renewed(
    held: Held, body: Callable[[Renewing], object], on_lost: OnLost | None = None, every_s: float = 0.05
) -> None:
    """Runs the body while the lock is renewed."""
    with held.renewing(every_s, on_lost) as renewal:
        body(renewal)


def until_lost(renewal: Renewing) -> None:
    until(lambda: renewal.lost, what="the news")


def test_a_renewed_lock_outlasts_its_time(client, name, held):
    with held.renewing() as renewal:
        ends_at = time.monotonic() + 1.2 * TTL_MS / 1000
        while time.monotonic() < ends_at:
            assert held.valid_for_s() > 0
            time.sleep(0.05)
        assert left_ms(client, name) > 0
        assert renewal.lost is None
    until(lambda: not {"renew", "warn"} & {thread.name for thread in threading.enumerate()}, what="the threads' end")


def test_a_time_to_live_that_somebody_takes_away_does_not_end_the_warning(client, name):
    held = Lock(client, name, 200).try_acquire()
    assert held is not None
    client.persist(keys_of(name).held)
    with held.renewing() as renewal:
        until(lambda: held.valid_for_s() == float("inf"), what="that it never ends")
        warning = next(thread for thread in renewal._threads if thread.name == "warn")
        warning.join(0.3)
        assert warning.is_alive()
        assert break_lock(client, name, held.holder_id).broken
        until_lost(renewal)
        renewal.lost = None


def test_who_is_broken_is_told(client, name, held):
    told: list[tuple[float, str]] = []
    assert break_lock(client, name, held.holder_id).broken
    with pytest.raises(LockLost, match="no longer held"):
        renewed(held, until_lost, lambda lost: told.append((held.valid_for_s(), str(lost))))
    assert told == [(0, f"the lock {name!r} is no longer held by us")]


def test_whoever_cannot_renew_is_told_before_the_time_is_up(name):
    """The server is frozen: the renewal is not refused, it hangs."""
    valid_s: list[float] = []
    with started.valkey() as server, client_of(server.url, timeout_s=5) as client:
        held = Lock(client, name, TTL_MS).try_acquire()
        assert held is not None
        assert server.child is not None
        server.child.freeze()
        with pytest.raises(LockLost, match="not renewed"):
            renewed(held, lambda _renewal: until(lambda: valid_s), lambda _lost: valid_s.append(held.valid_for_s()))
        server.kill()
    assert len(valid_s) == 1
    assert 0 < valid_s[0] <= TTL_MS / 1000 / 6


def test_a_renewal_that_fails_is_tried_again_within_the_time(shared_valkey, name):
    with proxy(shared_valkey) as line, client_of(line.url) as far, Lock(far, name, 5_000).hold(5) as held:
        with held.renewing(every_s=0.1) as renewal:
            assert held.extend()  # so that the server knows the script
            line.lose(2, to=EXTEND.sha.encode())
            until(lambda: line.lost == 2, what="the failures")
            valid_s = held.valid_for_s()
            until(lambda: held.valid_for_s() > valid_s, what="a renewal")
        assert renewal.lost is None


def test_an_error_in_the_block_stays_that_error(client, name, held):
    def body(renewal: Renewing) -> None:
        until_lost(renewal)
        raise ZeroDivisionError

    client.delete(keys_of(name).held)
    with pytest.raises(ZeroDivisionError):
        renewed(held, body)


def test_what_fails_when_told_is_logged(client, name, held, caplog):
    def fails(lost: LockLost) -> None:
        raise ValueError("no time")

    client.delete(keys_of(name).held)
    with pytest.raises(LockLost):
        renewed(held, lambda _renewal: until(lambda: "no time" in caplog.text), fails)


@pytest.mark.parametrize("every_s", [0, -1, 0.76, float("nan")])
def test_a_pace_that_keeps_nothing_is_refused(held, every_s):
    with pytest.raises(BadLock, match="renewed at least every"):
        held.renewing(every_s)


@pytest.mark.parametrize("leave", [sys.exit, lambda: None], ids=["by an exception", "at its end"])
@pytest.mark.parametrize("says_so", [False, True], ids=["leaves", "releases and leaves"])
def test_a_forked_child_releases_nothing_of_its_parent(client, name, leave, says_so):
    parent = os.getpid()
    right = False
    try:
        with Lock(client, name, 10_000).hold(1) as held:
            if (child := os.fork()) == 0:
                right = not (says_so and held.release())
                leave()
            else:
                assert os.waitpid(child, 0)[1] == 0, "the child was told that nothing was released, and raised nothing"
                assert client.get(keys_of(name).held) == held.holder_id.encode()
    except LockLost:
        right = False
        raise
    finally:
        if os.getpid() != parent:
            os._exit(0 if right else 1)
    assert not client.exists(keys_of(name).held)
