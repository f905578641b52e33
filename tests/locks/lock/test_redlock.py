"""Redlock on five real servers: the majority decides, whatever happens to the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest
from redis import Redis, RedisError

from locks.core.own import keys_of
from locks.lock import (
    AsyncRedlock,
    BadLock,
    LockLost,
    LockServerError,
    NoFencingToken,
    NotAcquired,
    Redlock,
    async_client_of,
    client_of,
)
from locks.lock.redlock import Servers
from tests import started
from tests.locks.lock.looking import left_ms, left_over
from tests.processes import until

LONG_MS = 60_000
REPLIES_TAKE_S = 0.2


class Five:
    """Five servers that do not know each other."""

    def __init__(self, servers: list[started.Valkey], clients: list[Redis]) -> None:
        self.servers = servers
        self.clients = clients

    def down(self, count: int, way: str) -> None:
        """Kills or freezes the last few servers."""
        for server in self.servers[5 - count :]:
            assert server.child is not None
            server.kill() if way == "killed" else server.child.freeze()

    def up(self) -> None:
        """Makes all of them run again."""
        for server in self.servers:
            assert server.child is not None
            if server.child.status is not None:
                server.start()
            server.child.thaw()

    def holders(self, name: str) -> set[object]:
        return {client.get(keys_of(name).held) for client in self.clients}


@pytest.fixture(scope="module")
def servers() -> Iterator[Five]:
    with ExitStack() as stack:
        servers = [stack.enter_context(started.valkey()) for _ in range(5)]
        clients = [stack.enter_context(client_of(server.url, timeout_s=0.6)) for server in servers]
        yield Five(servers, clients)


@pytest.fixture
def five(servers) -> Iterator[Five]:
    yield servers
    servers.up()
    for client in servers.clients:
        until(partial(answers, client), what="the server")


def answers(client: Redis) -> bool:
    try:
        return client.ping()
    except (RedisError, OSError):
        return False


def test_the_time_that_the_replies_take_is_no_time_that_it_is_held(five, name, monkeypatch):
    def late(*asked):
        ballot = ask(*asked)
        time.sleep(REPLIES_TAKE_S)
        return ballot

    ask = Servers.ask
    monkeypatch.setattr(Servers, "ask", late)
    held = Redlock(five.clients, name, LONG_MS).try_acquire()
    assert held is not None
    assert held.valid_for_s() <= LONG_MS / 1000 * 0.99 - REPLIES_TAKE_S
    assert held.extend(2 * LONG_MS)
    assert held.valid_for_s() <= 2 * LONG_MS / 1000 * 0.99 - REPLIES_TAKE_S
    assert held.release()


def test_it_is_held_on_all_and_given_back_on_all(five, name):
    lock = Redlock(five.clients, name, LONG_MS, holder="worker-5")
    held = lock.try_acquire()
    assert held is not None
    until(lambda: five.holders(name) == {held.holder_id.encode()}, what="the lock everywhere")
    assert 0 < held.valid_for_s() <= LONG_MS / 1000 * 0.99
    assert Redlock(five.clients, name).try_acquire() is None
    assert five.holders(name) == {held.holder_id.encode()}, "who did not get it left nothing"
    assert held.extend(2 * LONG_MS)
    assert held.valid_for_s() > LONG_MS / 1000
    assert held.release()
    assert not held.release()
    assert held.valid_for_s() == 0
    assert all(not left_over(client, name) for client in five.clients)


def test_a_forked_child_releases_nothing_of_its_parent(five, name):
    with Redlock(five.clients, name, LONG_MS).hold(5) as held:
        held._pid += 1  # as in a forked child
        assert not held.release()
    assert held.valid_for_s() > 0
    assert held.holder_id.encode() in five.holders(name)
    held._pid -= 1
    assert held.release()


def test_it_offers_no_fencing_token_and_says_so(five, name):
    with Redlock(five.clients, name).hold(5) as held:
        assert not hasattr(held, "fencing_token")
        with pytest.raises(NoFencingToken, match="use Lock"):
            _ = held.fencing_token
    assert not any(client.exists(keys_of(name).fencing) for client in five.clients)
    assert "no fencing token" in (Redlock.__doc__ or "")


@pytest.mark.parametrize("way", ["killed", "frozen"])
def test_it_works_with_two_of_five_down_and_refuses_with_three(five, name, way):
    lock = Redlock(five.clients, name, LONG_MS)
    five.down(2, way)
    for _again in range(2):
        began = time.monotonic()
        with lock.hold(30) as held:
            assert held.valid_for_s() > 0
            assert time.monotonic() - began < LONG_MS / 1000
            assert held.extend()
            assert Redlock(five.clients, name).try_acquire() is None
    five.down(3, way)
    with pytest.raises(LockServerError, match="3 must"):
        lock.try_acquire()
    with pytest.raises(LockServerError):
        lock.acquire(0.2)
    assert {client.get(keys_of(name).held) for client in five.clients[:2]} == {None}, "nothing is left of the tries"


def test_a_minority_that_holds_it_is_overruled_and_a_majority_is_not(five, name):
    for client in five.clients[:2]:
        client.set(keys_of(name).held, "somebody", px=LONG_MS)
    with Redlock(five.clients, name).hold(30) as held:
        assert held.valid_for_s() > 0
    five.clients[2].set(keys_of(name).held, "somebody", px=LONG_MS)
    with pytest.raises(NotAcquired):
        Redlock(five.clients, name).acquire(0.2)
    assert [client.get(keys_of(name).held) for client in five.clients[3:]] == [None, None]


def test_what_most_have_lost_is_lost_and_what_few_have_is_not(five, name):
    held = Redlock(five.clients, name, LONG_MS).try_acquire()
    assert held is not None
    until(lambda: five.holders(name) == {held.holder_id.encode()}, what="the lock everywhere")
    for client in five.clients[:2]:
        client.delete(keys_of(name).held)
    assert held.extend()
    five.clients[2].delete(keys_of(name).held)
    assert not held.extend()
    assert held.valid_for_s() == 0
    assert not held.release()
    assert five.holders(name) == {None}


def test_the_end_of_a_block_tells_of_a_lock_that_was_lost(five, name):
    with pytest.raises(LockLost), Redlock(five.clients, name).hold(5):
        assert [client.delete(keys_of(name).held) for client in five.clients[:3]]


def test_an_extension_that_too_few_answer_leaves_it_as_it_is(five, name):
    held = Redlock(five.clients, name, LONG_MS).try_acquire()
    assert held is not None
    five.down(3, "frozen")
    with pytest.raises(LockServerError, match="3 must"):
        held.extend()
    assert held.valid_for_s() > 0


def test_it_is_renewed_in_the_background(five, name):
    with Redlock(five.clients, name, LONG_MS).hold(5) as held, held.renewing(every_s=0.05) as renewal:
        for client in five.clients:
            client.pexpire(keys_of(name).held, 10_000)
        until(lambda: all(left_ms(client, name) > LONG_MS / 2 for client in five.clients), what="a renewal")
        assert renewal.lost is None


def test_a_server_that_hangs_is_asked_once(five, name):
    """The work waiting for it does not pile up, however often the lock is tried."""
    lock = Redlock(five.clients, name, LONG_MS, server_timeout_s=0.05)
    five.down(1, "frozen")
    for _again in range(30):
        held = lock.try_acquire()
        assert held is not None
        held.release()
    servers: Servers = lock._servers
    assert servers._members[4]._thread._work_queue.qsize() <= 4


@pytest.mark.parametrize(
    "terms",
    [{"ttl_ms": 5}, {"server_timeout_s": 0}, {"server_timeout_s": 6}, {"holder": "two words"}],
)
def test_what_cannot_be_is_refused(five, terms):
    with pytest.raises(BadLock):
        Redlock(five.clients, "x", **terms)


def test_servers_that_cannot_be_are_refused(five):
    for clients in (five.clients[:2], [], [five.clients[0]] * 3):
        with pytest.raises(BadLock, match="3 to 99 different servers"):
            Redlock(clients, "x")
    endless = [*five.clients[:2], Redis(socket_timeout=None)]
    with pytest.raises(BadLock, match="socket_timeout"):
        Redlock(endless, "x")


async def test_asyncio_has_the_same(five, name):
    clients = [async_client_of(server.url, timeout_s=0.6) for server in five.servers]
    lock = AsyncRedlock(clients, name, LONG_MS)
    async with lock.hold(30) as held:
        assert await lock.try_acquire() is None
        assert await held.extend()
        with pytest.raises(NoFencingToken):
            _ = held.fencing_token
    assert five.holders(name) == {None}
    five.down(2, "frozen")
    async with lock.hold(30) as held, held.renewing():
        assert held.valid_for_s() > 0
        for client in five.clients[:3]:
            client.delete(keys_of(name).held)
        assert not await held.extend()
        assert not await held.release()
    five.down(3, "frozen")
    with pytest.raises(LockServerError, match="3 must"):
        await lock.try_acquire()
    for client in clients:
        await client.aclose()


async def test_asyncio_gives_back_what_a_cancelled_try_took(five, name):
    clients = [async_client_of(server.url) for server in five.servers]
    lock = AsyncRedlock(clients, name, LONG_MS)
    task = asyncio.create_task(lock.acquire(30))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(until, lambda: five.holders(name) == {None}, what="the lock's end")
    for aclient in clients:
        await aclient.aclose()
