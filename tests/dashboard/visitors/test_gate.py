"""The gate: a worker for each whose turn has come, bounded waiting, and no worker is given twice or lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from dashboard.visitors import gate as gates
from dashboard.visitors import worker as workers
from dashboard.visitors.gate import Busy, Gate
from dashboard.visitors.handler import Visitors
from dashboard.visitors.worker import Worker

WITHIN_S = 20.0


@asynccontextmanager
async def taken(gate: Gate, client: str = "somebody") -> AsyncIterator[Worker]:
    async with asyncio.timeout(WITHIN_S), gate.worker(client) as worker:
        yield worker


async def ask(gate: Gate, client: str, told: list[str]) -> None:
    async with gate.worker(client) as worker:
        told.append(await worker.run(lambda name: name, client))


async def test_those_who_wait_are_served_in_turn():
    gate, told = Gate("test", 1, 1), list[str]()
    async with taken(gate):
        asking = [asyncio.create_task(ask(gate, client, told)) for client in "aaab"]
        await asyncio.sleep(0)
    await asyncio.wait_for(asyncio.gather(*asking), WITHIN_S)
    assert told == ["a", "b", "a", "a"]


async def test_waiting_is_bounded_and_nothing_is_left_behind():
    gate = Gate("test", 1, 1, wait_within_s=0.05)
    async with taken(gate):
        with pytest.raises(Busy):
            async with taken(gate):
                pass
    told: list[str] = []
    await asyncio.wait_for(ask(gate, "a", told), WITHIN_S)
    assert told == ["a"]


async def test_who_makes_room_for_others_is_told_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gates, "MOST_WAITING", 2)
    gate, told = Gate("test", 1, 1), list[str]()
    async with taken(gate):
        asking = [asyncio.create_task(ask(gate, client, told)) for client in "aab"]
        with pytest.raises(Busy):
            await asyncio.wait_for(asking[1], WITHIN_S)
    await asyncio.wait_for(asyncio.gather(asking[0], asking[2]), WITHIN_S)
    assert sorted(told) == ["a", "b"]


async def test_who_goes_away_while_waiting_takes_no_worker_along():
    gate, told = Gate("test", 1, 1), list[str]()
    async with taken(gate):
        gone = asyncio.create_task(ask(gate, "a", told))
        stays = asyncio.create_task(ask(gate, "b", told))
        await asyncio.sleep(0)
        gone.cancel()
    await asyncio.wait_for(stays, WITHIN_S)
    assert told == ["b"]


async def test_a_worker_is_given_on_only_when_its_thread_is_done():
    """A client that sends a request and hangs up, again and again, occupies one thread, not many."""
    gate, told, begun, go = Gate("test", 1, 1), list[str](), threading.Event(), threading.Event()

    def work(_: Any) -> None:
        begun.set()
        go.wait(WITHIN_S)

    async def hang_up() -> None:
        async with gate.worker("a") as worker:
            await worker.run(work, None)

    asking = asyncio.create_task(hang_up())
    await asyncio.to_thread(begun.wait, WITHIN_S)
    asking.cancel()
    await asyncio.wait([asking])
    waiting = asyncio.create_task(ask(gate, "b", told))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    go.set()
    await asyncio.wait_for(waiting, WITHIN_S)
    assert told == ["b"]


async def test_a_worker_that_rests_closes_its_connections(monkeypatch: pytest.MonkeyPatch):
    closed = asyncio.Event()

    class Connections:
        def close_all(self) -> None:
            assert threading.current_thread().name.startswith("test-0")
            loop.call_soon_threadsafe(closed.set)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(workers, "IDLE_S", 0.02)
    monkeypatch.setattr(workers, "connections", Connections())
    gate = Gate("test", 1, 1)
    async with taken(gate):
        pass
    await asyncio.wait_for(closed.wait(), WITHIN_S)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_who_cannot_be_served_is_told_to_come_back(accept: str):
    handler = Visitors()
    handler._quick = Gate("quick", 1, 1, wait_within_s=0.01)
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "client": ["203.0.113.9", 1]}
    async with taken(handler._quick):
        asked = ApplicationCommunicator(handler, {**scope, "headers": [(b"accept", accept.encode())]})
        await asked.send_input({"type": "http.request"})
        start, body = await asked.receive_output(WITHIN_S), await asked.receive_output(WITHIN_S)
    headers = dict(start["headers"])
    assert (start["status"], headers[b"Retry-After"]) == (503, b"5")
    assert headers[b"Content-Type"].startswith(accept.encode())
    assert b"default-src" in headers[b"Content-Security-Policy"]
    assert b"This server is busy. Nothing was changed. Try again in a few seconds." in body["body"]
