"""Reads the servers of attached clusters in a separate thread with its own event loop. No cluster waits for another."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Coroutine, Iterable
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

from servers.address import Address
from servers.guard.door import Door, Target
from servers.guard.resolving import NotLetIn, resolve
from servers.guard.rules import ip_of
from servers.reading.look import ClusterLook, Reader, SilentCluster

RESOLVE_EVERY_S = 5.0

_Found = TypeVar("_Found")


class Answer(NamedTuple):
    """How a look ended. `target` is the cluster's address, if it answered at its first address."""

    look: ClusterLook | SilentCluster
    target: Target | None


class Asking:
    """The readers' connections belong to its loop and stay open between looks. Used by one other thread.

    If a cluster is silent, its name is resolved again, at most once every `resolve_every_s`.
    """

    def __init__(self, timeout_s: float, resolve_every_s: float = RESOLVE_EVERY_S) -> None:
        self._timeout_s, self._resolve_every_s = timeout_s, resolve_every_s
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="observer-asks", daemon=True)
        self._looks: dict[Reader, asyncio.Task[Any]] = {}  # in progress; used only in the loop's thread
        self._resolved_at: dict[Reader, float] = {}

    def look(self, reader: Reader, door: Door, host: str) -> Future[Answer]:
        """Starts a look at the cluster that was attached as `host`. One at a time per reader."""
        return self._run(self._look(reader, door, host))

    def end(self, readers: Iterable[Reader]) -> None:
        """Cancels their looks and closes their connections before it returns."""
        if self._thread.is_alive():
            self._run(self._end(list(readers))).result()

    def close(self) -> None:
        """Ends the thread. All readers must have been ended."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, _Found]) -> Future[_Found]:
        if not self._thread.is_alive():
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _look(self, reader: Reader, door: Door, host: str) -> Answer:
        if (task := asyncio.current_task()) is not None:
            self._looks[reader] = task
        try:
            found = await self._ask(reader, door)
            if isinstance(found, SilentCluster) and await self._leads_elsewhere(reader, door, host):
                found = await self._ask(reader, door)
            answered = not isinstance(found, SilentCluster) and reader.answers_first
            return Answer(found, reader.first if answered else None)
        finally:
            del self._looks[reader]

    async def _ask(self, reader: Reader, door: Door) -> ClusterLook | SilentCluster:
        try:
            return await reader.look(door, self._timeout_s)
        except SilentCluster as silence:
            return silence

    async def _leads_elsewhere(self, reader: Reader, door: Door, host: str) -> bool:
        """Whether a silent cluster's name has a new address that the guard allows."""
        now_s = self._loop.time()
        if ip_of(host) is not None or now_s - self._resolved_at.get(reader, -math.inf) < self._resolve_every_s:
            return False
        self._resolved_at[reader] = now_s
        typed = Address(host, reader.first.port)
        try:
            target = await asyncio.to_thread(resolve, typed, door, self._timeout_s, besides=reader.first)
        except NotLetIn:
            return False
        reader.lead_to(target)
        return True

    async def _end(self, readers: list[Reader]) -> None:
        looks = [self._looks[reader] for reader in readers if reader in self._looks]
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
        for reader in readers:
            reader.close()
            self._resolved_at.pop(reader, None)
        await asyncio.sleep(0)  # aborted connections close in the loop's next turn
