"""The gate for one kind of requests: a number of workers, with a fair queue in front of them. Waiting is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dashboard.visitors.queue import FairQueue, Full, Ticket
from dashboard.visitors.worker import Worker

WAIT_WITHIN_S = 15.0
MOST_WAITING = 1024
MOST_WAITING_EACH = 256  # a school class behind one address is many visitors


class Busy(Exception):
    """No worker became free in time, or too many requests are already waiting."""


class Gate:
    """Not thread-safe: it belongs to one event loop. One client gets at most `each` of the workers."""

    def __init__(self, name: str, workers: int, each: int, *, wait_within_s: float = WAIT_WITHIN_S) -> None:
        self._queue = FairQueue(workers, each, MOST_WAITING, MOST_WAITING_EACH)
        self._workers = [Worker(f"{name}-{number}") for number in range(workers)]
        self._waiting: dict[Ticket, asyncio.Future[None]] = {}
        self._wait_within_s = wait_within_s

    @asynccontextmanager
    async def worker(self, client: str) -> AsyncIterator[Worker]:
        """Gives the block a worker, once it is the client's turn. Raises Busy."""
        ticket = await self._turn(client)
        worker = self._workers.pop()  # the last one used, so that the others' connections can close
        worker.rise()
        try:
            yield worker
        finally:
            worker.when_done(lambda: self._free(ticket, worker))

    async def _turn(self, client: str) -> Ticket:
        try:
            ticket, gone = self._queue.enter(client)
        except Full:
            raise Busy from None
        if gone is not None and not (called := self._waiting[gone]).done():
            called.set_exception(Busy())
        if ticket.serves:
            return ticket
        called = self._waiting[ticket] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._wait_within_s):
                await called
        except TimeoutError:
            self._leave(ticket)
            raise Busy from None
        except BaseException:  # the client has gone
            self._leave(ticket)
            raise
        finally:
            del self._waiting[ticket]
        return ticket

    def _free(self, ticket: Ticket, worker: Worker) -> None:
        worker.rest()
        self._workers.append(worker)
        self._leave(ticket)

    def _leave(self, ticket: Ticket) -> None:
        for served in self._queue.leave(ticket):
            if not (called := self._waiting[served]).done():
                called.set_result(None)
