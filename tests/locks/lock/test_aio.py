"""The asyncio lock is the same lock: same keys, same queue, same promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis as AsyncRedis

from locks.core.own import keys_of
from locks.lock import AsyncLock, BadLock, Lock, LockLost, LockServerError, NotAcquired, async_client_of, break_lock
from locks.lock.performing import perform_async
from tests import started
from tests.locks.lock.looking import left_ms, left_over, line
from tests.locks.lock.proxy import proxy

LONG_MS = 60_000
REPLY_TAKES_S = 0.2


@pytest_asyncio.fixture
async def aclient(shared_valkey) -> AsyncIterator[AsyncRedis]:
    async with async_client_of(shared_valkey.url) as ours:
        yield ours


async def until(condition, what: str) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  another process makes it true
            await asyncio.sleep(0.01)


async def test_it_is_acquired_extended_and_released(aclient, client, name):
    lock = AsyncLock(aclient, name, 20_000, holder="async")
    async with lock.hold(5) as held:
        assert await lock.try_acquire() is None
        assert Lock(client, name).try_acquire() is None
        assert held.fencing_token == 1
        assert 0 < held.valid_for_s() < 20
        assert await held.extend(LONG_MS)
        assert await held.extend(10)
        assert left_ms(client, name) > LONG_MS / 2
    assert not left_over(client, name)
    assert not await held.release()
    assert not await held.extend()


async def test_an_extension_is_good_from_before_it_was_asked_for(aclient, name, monkeypatch):
    async def late(*asked):
        reply = await perform_async(*asked)
        await asyncio.sleep(REPLY_TAKES_S)
        return reply

    async with AsyncLock(aclient, name, 1_000).hold(5) as held:
        monkeypatch.setattr("locks.lock.aio.perform_async", late)
        assert await held.extend(LONG_MS)
        assert held.valid_for_s() <= LONG_MS / 1_000 * 0.99 - REPLY_TAKES_S


async def test_a_forked_child_releases_nothing_of_its_parent(aclient, client, name):
    async with AsyncLock(aclient, name, LONG_MS).hold(5) as held:
        held._pid += 1  # as in a forked child
        assert not await held.release()
    assert client.get(keys_of(name).held) == held.holder_id.encode()
    held._pid -= 1
    assert await held.release()


async def test_a_forked_child_that_fails_within_the_block_releases_nothing(aclient, client, name):
    async def fails() -> None:
        async with AsyncLock(aclient, name, LONG_MS).hold(5) as held:
            held._pid += 1  # as in a forked child
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert client.exists(keys_of(name).held)


async def test_both_kinds_wait_in_one_line(aclient, client, name):
    first = Lock(client, name).try_acquire()
    assert first is not None
    second = asyncio.create_task(AsyncLock(aclient, name).acquire(30))
    await until(lambda: len(line(client, name)) == 1, "the second")
    third = asyncio.create_task(asyncio.to_thread(Lock(client, name).acquire, 30))
    await until(lambda: len(line(client, name)) == 2, "the third")
    assert first.release()
    held = await second
    assert held.fencing_token == 2
    assert not third.done()
    assert await held.release()
    assert (await third).fencing_token == 3


async def test_many_tasks_are_in_one_after_the_other(aclient, client, name):
    inside, tokens = 0, []

    async def enter() -> None:
        nonlocal inside
        async with AsyncLock(aclient, name).hold(30) as held:
            inside += 1
            assert inside == 1
            tokens.append(held.fencing_token)
            await asyncio.sleep(0.001)
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(enter())
    assert tokens == list(range(1, 21))
    assert not left_over(client, name)


@pytest.mark.parametrize("how", ["timeout", "cancelled", "cancelled twice"])
async def test_who_gives_up_leaves_the_line(aclient, client, name, how):
    with Lock(client, name).hold(5):
        if how == "timeout":
            with pytest.raises(NotAcquired):
                await AsyncLock(aclient, name).acquire(0.1)
        else:
            waiting = asyncio.create_task(AsyncLock(aclient, name).acquire(30))
            await until(lambda: line(client, name), "the waiter")
            waiting.cancel()
            if how == "cancelled twice":
                await asyncio.sleep(0)
                waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        if how == "cancelled twice":  # then it leaves the queue in the background
            await until(lambda: left_over(client, name) == {""}, "an empty line")
        assert left_over(client, name) == {""}


async def test_a_cancellation_is_heard_whenever_it_comes(shared_valkey, client, name):
    """In redis-py, Python 3.11's `wait_for` forgets a cancellation that comes just after it sent something."""
    with Lock(client, name).hold(5):
        for turns in range(40):
            async with async_client_of(shared_valkey.url) as fresh:
                waiting = asyncio.create_task(AsyncLock(fresh, name).acquire(30))
                for _ in range(turns):
                    await asyncio.sleep(0)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
        await until(lambda: left_over(client, name) == {""}, "an empty line")


async def test_an_error_within_the_block_releases_it(aclient, client, name):
    with pytest.raises(ZeroDivisionError):
        async with AsyncLock(aclient, name).hold(5):
            _ = 1 / 0
    assert not left_over(client, name)


async def test_the_end_of_a_block_tells_of_a_lock_that_was_lost(aclient, client, name):
    with pytest.raises(LockLost):
        async with AsyncLock(aclient, name).hold(5) as held:
            assert break_lock(client, name, held.holder_id).broken


async def test_a_lost_reply_is_recognised(shared_valkey, client, name):
    with Lock(client, f"known {name}").hold(5), proxy(shared_valkey) as far:
        async with async_client_of(far.url) as aclient:
            await aclient.ping()
            lock = AsyncLock(aclient, name, LONG_MS)
            far.lose(1)
            with pytest.raises(LockServerError):
                await lock.try_acquire()
            held = await lock.try_acquire()
            assert held is not None
            assert held.fencing_token == 1


async def test_renewal_keeps_it(aclient, client, name):
    async with AsyncLock(aclient, name, LONG_MS).hold(5) as held, held.renewing(every_s=0.05) as renewal:
        client.pexpire(keys_of(name).held, 10_000)
        await until(lambda: left_ms(client, name) > LONG_MS / 2, "a renewal")
        assert held.valid_for_s() > LONG_MS / 2_000
    assert renewal.lost is None


async def test_a_holder_who_is_broken_is_cancelled(aclient, client, name):
    finished = []

    async def body() -> None:
        async with AsyncLock(aclient, name, 3_000).hold(5) as held, held.renewing(every_s=0.05):
            break_lock(client, name, held.holder_id)
            await asyncio.sleep(30)
            finished.append(True)

    with pytest.raises(LockLost, match="no longer held"):
        await body()
    assert not finished
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0, "the cancellation was ours, and is over"


async def test_a_cancellation_from_outside_stays_one(aclient, client, name):
    entered = asyncio.Event()

    async def body() -> None:
        async with AsyncLock(aclient, name).hold(5) as held, held.renewing():
            entered.set()
            await asyncio.sleep(30)

    task = asyncio.create_task(body())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not left_over(client, name)


async def test_who_cannot_renew_is_told_before_the_time_is_up(name):
    valid_s: list[float] = []
    told = asyncio.Event()
    with started.valkey() as server:
        async with async_client_of(server.url, timeout_s=5) as aclient:
            held = await AsyncLock(aclient, name, 1_500).try_acquire()
            assert held is not None
            assert server.child is not None

            def lost(_why: LockLost) -> None:
                valid_s.append(held.valid_for_s())
                told.set()

            renewal = held.renewing(on_lost=lost)
            await renewal.__aenter__()
            server.child.freeze()
            await told.wait()
            with pytest.raises(LockLost, match="not renewed"):
                await renewal.__aexit__(None, None, None)
            server.kill()
    assert 0 < valid_s[0] <= 0.25


async def test_it_goes_on_when_the_server_forgets_the_scripts(aclient, client, name):
    client.script_flush()
    async with AsyncLock(aclient, name).hold(5) as held:
        client.script_flush()
        assert await held.extend()


async def test_the_client_of_the_other_kind_is_refused(aclient, client):
    with pytest.raises(BadLock, match=r"AsyncLock needs a client of redis\.asyncio"):
        AsyncLock(client, "x")
    with pytest.raises(BadLock, match="Lock needs a client of redis,"):
        Lock(aclient, "x")


async def test_a_lock_that_never_ends_is_asked_for(aclient, client, name):
    async with AsyncLock(aclient, name, forever=True).hold(5) as held:
        assert client.ttl(keys_of(name).held) == -1
        assert held.valid_for_s() == float("inf")
