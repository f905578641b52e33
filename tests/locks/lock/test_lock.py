"""On a real server, a lock has one holder at a time, whatever happens to the holders."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from redis import Redis, RedisCluster
from redis.asyncio import RedisCluster as AsyncRedisCluster

from locks.core.own import BadLockName, keys_of, label_of
from locks.lock import AsyncLock, BadLock, Lock, LockLost, NotAcquired, break_lock, client_of, this_process
from locks.lock.performing import perform
from tests import started
from tests.clusters import PASSWORD, server_cluster
from tests.locks.lock.looking import gone, left_ms, left_over

LONG_MS = 60_000
REPLY_TAKES_S = 0.2


def held_by(client: Redis, name: str | bytes, ttl_ms: int = LONG_MS, **terms):
    held = Lock(client, name, ttl_ms, **terms).try_acquire()
    assert held is not None
    return held


def test_only_one_acquires_it_until_it_is_released(client, name):
    first = held_by(client, name)
    assert Lock(client, name, LONG_MS).try_acquire() is None
    assert first.release()
    assert not left_over(client, name)
    held_by(client, name)


def test_threads_that_ask_at_once_get_one_lock(client, name):
    lock, barrier, got = Lock(client, name, LONG_MS), threading.Barrier(16), []

    def ask():
        barrier.wait()
        got.append(lock.try_acquire())

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([held for held in got if held is not None]) == 1


def test_the_key_has_the_holder_id_and_nothing_else(client, name):
    held = held_by(client, name, holder="worker-5")
    assert client.get(keys_of(name).held) == held.holder_id.encode()
    assert label_of(held.holder_id) == "worker-5"
    assert len(held.holder_id) == len("worker-5:") + 32
    assert 0 < left_ms(client, name) <= LONG_MS


def test_it_runs_out_by_itself(client, name):
    lock = Lock(client, name, 50)
    held = lock.try_acquire()
    assert held is not None
    gone(lock)
    assert held.valid_for_s() == 0
    assert not held.extend()
    assert not client.exists(keys_of(name).held), "an extension revives nothing"
    assert lock.try_acquire() is not None


def test_validity_is_the_time_to_live_less_what_passed_and_a_margin(client, name):
    held = held_by(client, name, LONG_MS)
    assert 0 < held.valid_for_s() <= LONG_MS / 1000 * 0.99 - 0.002
    assert held.valid_for_s() < left_ms(client, name) / 1000
    held.release()
    assert held.valid_for_s() == 0


def test_extending_makes_it_last_and_never_shortens_it(client, name):
    held = held_by(client, name, 1_000)
    assert held.extend(LONG_MS)
    assert left_ms(client, name) > LONG_MS / 2
    assert held.valid_for_s() > LONG_MS / 2_000
    assert held.extend()
    assert held.extend(10)
    assert left_ms(client, name) > LONG_MS / 2
    assert LONG_MS / 2_000 < held.valid_for_s() < LONG_MS / 1_000


def test_an_extension_is_good_from_before_it_was_asked_for(client, name, monkeypatch):
    """The server may have counted from the moment of the request, and the reply took this long."""

    def late(*asked):
        reply = perform(*asked)
        time.sleep(REPLY_TAKES_S)
        return reply

    held = held_by(client, name, 1_000)
    monkeypatch.setattr("locks.lock.lock.perform", late)
    assert held.extend(LONG_MS)
    assert held.valid_for_s() <= LONG_MS / 1_000 * 0.99 - REPLY_TAKES_S


def test_a_late_holder_does_nothing_to_the_next(client, name):
    lock = Lock(client, name, 50)
    late = lock.try_acquire()
    assert late is not None
    gone(lock)
    present = held_by(client, name)
    assert not late.extend(LONG_MS * 2)
    assert not late.release()
    assert not late.release()
    assert client.get(keys_of(name).held) == present.holder_id.encode()
    assert left_ms(client, name) <= LONG_MS
    assert present.release()
    assert not present.release(), "twice"


def test_the_articles_lock_has_two_holders_where_this_has_one(client, name):
    """The article's lock is taken with SET and released with DEL. Both locks go through the same steps."""
    naive, lock = f"naive:{name}", Lock(client, name, LONG_MS)

    def after_one_left_twice(come, go) -> int:
        first, second = come(), come()
        go(first)
        third = come()
        go(first)  # a second time, when somebody else holds it
        return sum(one is not None for one in (second, third, come()))

    assert after_one_left_twice(lambda: client.set(naive, "in") or None, lambda _who: client.delete(naive)) == 3
    assert after_one_left_twice(lock.try_acquire, lambda held: held.release()) == 1


def test_breaking_needs_exactly_what_was_shown(client, name):
    held = held_by(client, name)
    for proof in ("", held.holder_id[:-1], held.holder_id + "0", b"\xff" * 16):
        assert break_lock(client, name, proof) == (False, 0)
    assert held.extend()
    assert break_lock(client, name, held.holder_id) == (True, 0)
    assert break_lock(client, name, held.holder_id) == (False, 0)
    assert held.valid_for_s() > 0, "nobody told it yet"
    assert not held.extend()
    assert held.valid_for_s() == 0
    assert not held.release()
    assert held_by(client, name).fencing_token > held.fencing_token


def test_fencing_tokens_rise_over_release_expiry_and_break(client, name):
    tokens = []
    for end in ("release", "expire", "break"):
        lock = Lock(client, name, 30 if end == "expire" else LONG_MS)
        held = lock.try_acquire()
        assert held is not None
        tokens.append(held.fencing_token)
        if end == "expire":
            gone(lock)
        else:
            assert held.release() if end == "release" else break_lock(client, name, held.holder_id).broken
    assert tokens == [1, 2, 3]
    assert client.ttl(keys_of(name).fencing) == -1, "they are not forgotten"


def test_who_does_not_get_it_uses_up_no_token(client, name):
    first = held_by(client, name)
    assert Lock(client, name).try_acquire() is None
    first.release()
    assert held_by(client, name).fencing_token == first.fencing_token + 1


@pytest.mark.parametrize("floor", [0, 41, 2**50])
def test_tokens_rise_over_a_server_that_lost_its_memory(client, name, floor):
    before = held_by(client, name, floor=floor)
    assert before.fencing_token == floor + 1
    client.delete(*keys_of(name)[:2])
    assert not before.extend()
    after = held_by(client, name, floor=lambda: before.fencing_token)
    assert after.fencing_token == before.fencing_token + 1
    after.release()
    assert held_by(client, name).fencing_token == after.fencing_token + 1, "the server counts on from there"


def test_tokens_rise_over_a_restart_of_a_server_that_keeps_them(name):
    with started.valkey("--appendonly", "yes", "--appendfsync", "no") as server, client_of(server.url) as client:
        before = held_by(client, name, floor=7)
        assert before.release()
        server.kill()
        server.start()
        assert held_by(client, name).fencing_token == before.fencing_token + 1


def test_it_goes_on_when_the_server_forgets_the_scripts(client, name):
    lock = Lock(client, name, LONG_MS)
    held = lock.try_acquire()
    assert held is not None
    for act in (held.extend, held.release, lock.try_acquire):
        client.script_flush()
        assert act()


def test_it_works_with_a_client_that_decodes(shared_valkey, name):
    with Redis(unix_socket_path=str(shared_valkey.path), decode_responses=True) as client:
        held = held_by(client, name, holder="text")
        assert held.extend()
        with pytest.raises(NotAcquired, match="held by text"):
            Lock(client, name).acquire(0)
        assert held.release()


def test_it_works_in_a_cluster():
    """Its keys are in one slot, and cluster clients find it."""

    async def also_with_asyncio(port: int) -> None:
        async with AsyncRedisCluster(host="127.0.0.1", port=port, password=PASSWORD) as client:
            async with AsyncLock(client, "x", 300).hold(5) as held:
                assert await AsyncLock(client, "x").try_acquire() is None
            assert await client.get(keys_of("x").fencing) == str(held.fencing_token).encode()

    with server_cluster(3) as cluster:
        port = cluster.servers[0].port
        with RedisCluster(host="127.0.0.1", port=port, password=PASSWORD) as client:
            for name in ("x", "y", "z"):
                held = Lock(client, name, 300).try_acquire()
                assert held is not None
                assert held.extend()
                assert Lock(client, name).try_acquire() is None
                assert Lock(client, name).acquire(30).release()
                assert break_lock(client, name, held.holder_id) == (False, 0)
        asyncio.run(also_with_asyncio(port))


def test_a_lock_that_never_ends_has_to_be_asked_for(client, name):
    with pytest.raises(BadLock, match="forever=True"):
        Lock(client, name, None)
    lock = Lock(client, name, forever=True)
    held = lock.try_acquire()
    assert held is not None
    assert (left_ms(client, name), held.valid_for_s()) == (-1, float("inf"))
    assert held.extend(100)
    assert left_ms(client, name) == -1, "an extension never shortens"
    with pytest.raises(BadLock, match="cannot be renewed"):
        held.renewing()
    assert held.release()


@pytest.mark.parametrize(
    "terms",
    [
        {"ttl_ms": 0},
        {"ttl_ms": -5},
        {"ttl_ms": 8 * 24 * 3_600_000},
        {"holder": "two words"},
        {"holder": "x" * 81},
        {"holder": "\x1b[2J"},
        {"holder": ":"},
        {"floor": -1},
        {"floor": 2**53},
    ],
)
def test_what_cannot_be_is_refused(client, terms):
    with pytest.raises(BadLock):
        Lock(client, "x", **terms)


def test_a_floor_that_cannot_be_takes_nothing(client, name):
    with pytest.raises(BadLock, match="floor"):
        Lock(client, name, floor=lambda: -1).try_acquire()
    assert not left_over(client, name)


@pytest.mark.parametrize("timeout_s", [-1, float("nan"), float("inf")])
def test_a_timeout_that_cannot_be_is_refused(client, name, timeout_s):
    with pytest.raises(BadLock, match="timeout"):
        Lock(client, name).acquire(timeout_s)


@pytest.mark.parametrize("bad", ["", "}", "}x", "x" * 513, b"\xff" * 513])
def test_a_name_that_cannot_be_is_refused(client, bad):
    with pytest.raises(BadLockName):
        Lock(client, bad)
    with pytest.raises(BadLockName):
        break_lock(client, bad, "")


def test_a_name_may_be_any_bytes(client):
    raw = b"\x00\xff{*}\r\n$" + bytes(range(256))
    held = held_by(client, raw)
    assert Lock(client, raw).try_acquire() is None
    assert held.release()


def test_the_end_of_a_block_tells_of_a_lock_that_was_lost(client, name):
    with pytest.raises(LockLost), Lock(client, name).hold(5) as held:
        assert break_lock(client, name, held.holder_id).broken


def test_a_block_may_release_early_and_an_error_in_it_stays_that_error(client, name):
    with Lock(client, name).hold(5) as held:
        assert held.release()
    with pytest.raises(ZeroDivisionError), Lock(client, name).hold(5) as held:
        _ = 1 / break_lock(client, name, "").woken
    assert not left_over(client, name)


def test_this_process_has_a_name_that_a_holder_may_have(client, name, monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "-my host_ü." + "x" * 64)
    assert held_by(client, name, holder=this_process())
