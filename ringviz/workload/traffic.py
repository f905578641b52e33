"""The clients of a cluster at work: an open loop of reads and writes, cache-aside, and what they measured.

Operations are planned at an even pace, whether or not earlier ones have finished (open loop): a slow cluster shows up
as latency, which counts from the planned time. Operations that the machine cannot send in time are dropped, so the
figures show the rate that was reached.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any, Final, NamedTuple

import mmh3
import numpy as np
from numpy.typing import NDArray

from live.wire import now_ms
from ringviz.bounds import MAX_RATE
from ringviz.core.buckets import bucket_of, stored_name
from ringviz.core.origin import origin_value
from ringviz.core.state import Workload
from servers.address import Address
from servers.client.client import Client
from servers.client.line import Failed, Outcome
from servers.client.owners import SlotOwners
from servers.client.popularity import draw
from servers.client.window import Window
from servers.resp import ErrorReply, command

WINDOW_S: Final = 0.2
READERS: Final = 3

# In microseconds; uvloop's clock counts milliseconds.
_clock = time.perf_counter

_GRAIN_S = 0.001  # resolution of the loop's timers: operations due within it are sent now
_MOST_LATE_S = 0.1  # later operations are dropped
_AT_ONCE = 64  # operations sent before the loop looks for replies
_MAP_EVERY_S = 0.2

OFF: Final = Workload(on=False, rate=0, distribution="zipf", reads=0.9)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys: `count` of them, read by `at(positions)`. `seed` is the cluster's hash seed."""

    count: int
    seed: int
    at: Callable[[NDArray[np.uint32]], Sequence[bytes]]


class _Op(NamedTuple):
    key: bytes
    name: bytes
    slot: int
    is_read: bool


class Traffic:
    """READERS clients that read and one that writes. Lives in the loop that runs it. Not thread-safe.

    Calls `publish(frame)`, which must not wait, each WINDOW_S while there is traffic, and once afterwards.
    """

    def __init__(
        self, keys: Keys, password: str, publish: Callable[[dict[str, Any]], None], rng: np.random.Generator
    ) -> None:
        self._keys = keys
        self._publish = publish
        self._rng = rng
        self._settings = OFF
        self._changed = asyncio.Event()
        self._numbers: dict[Address, int] = {}
        self._slots = SlotOwners()
        self._stale = asyncio.Event()
        self._readers = [Client(self._slots, password, self._stale.set) for _ in range(READERS)]
        self._writer = Client(self._slots, password, self._stale.set)
        self._next_reader = cycle(self._readers)
        self._window = Window()
        self._versions = now_ms()  # keeps rising across restarts
        self._ops = self._drawn()

    def configure(self, settings: Workload) -> None:
        """Sets rate, distribution and share of reads. Caps the rate at MAX_RATE."""
        if settings != self._settings:
            self._settings = settings
            self._ops = self._drawn()
            self._changed.set()

    def know(self, addresses: Mapping[int, Address]) -> None:
        """Sets the nodes' addresses by number. The cluster itself reports the slots."""
        numbers = {address: number for number, address in addresses.items()}
        if numbers != self._numbers:
            self._numbers = numbers
            self._stale.set()

    def ask_for(self, keys: Keys) -> None:
        """Sets the keys."""
        self._keys = keys
        self._ops = self._drawn()

    async def run(self) -> None:
        """Runs until cancelled, then closes every connection."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pace())
                tasks.create_task(self._report())
                tasks.create_task(self._follow_map())
        finally:
            self._let_go()

    def _clients(self) -> list[Client]:
        return [*self._readers, self._writer]

    def _let_go(self) -> None:
        for client in self._clients():
            client.close()

    def _rate(self) -> int:
        """Operations a second; 0 if there is nothing to do."""
        if not self._settings["on"] or not self._keys.count:
            return 0
        return min(self._settings["rate"], MAX_RATE)

    async def _pace(self) -> None:
        due = _clock()
        while True:
            if not (rate := self._rate()):
                self._let_go()
                await self._change()
                due = _clock()
                continue
            now = _clock()
            due = max(due, now - _MOST_LATE_S)
            for _ in range(_AT_ONCE):
                if due > now + _GRAIN_S:
                    break
                self._start(next(self._ops), min(due, now))
                due += 1 / rate
            pause_s = due - now - _GRAIN_S
            if pause_s > 0.5:  # at a slow pace, a change must not wait for the next operation
                await self._change(pause_s)
                due = min(due, _clock() + 1 / (self._rate() or 1))
            else:  # shorter waits would make a busy loop
                await asyncio.sleep(max(pause_s, _GRAIN_S) if pause_s > 0 else 0)

    async def _change(self, timeout_s: float | None = None) -> None:
        self._changed.clear()
        try:
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        except TimeoutError:
            return

    def _drawn(self) -> Iterator[_Op]:
        """An endless series of operations from the current settings and keys, drawn about twice a second."""
        settings, keys, rng = self._settings, self._keys, self._rng
        size = min(max(settings["rate"] // 2, 16), 1024)
        while True:
            positions = draw(settings["distribution"], keys.count, size, rng)
            reads = (rng.random(size) < settings["reads"]).tolist()
            for key, is_read in zip(keys.at(positions), reads, strict=True):
                bucket = bucket_of(mmh3.hash(key, keys.seed, False))
                yield _Op(key, stored_name(key, bucket), bucket, is_read)

    def _start(self, op: _Op, planned: float) -> None:
        if op.is_read:
            self._read(op, planned)
        else:
            self._write(op, planned)

    def _read(self, op: _Op, planned: float) -> None:
        client = next(self._next_reader)

        def answered(reply: Outcome, address: Address | None) -> None:
            if address is None or isinstance(reply, Failed | ErrorReply):
                self._window.error(address)
                return
            self._window.read(address, self._since(planned), hit=reply is not None)
            if reply is None:
                self._fill(client, op)

        client.ask(op.slot, command(b"GET", op.name), answered)

    def _fill(self, client: Client, op: _Op) -> None:
        """After a miss, stores the origin's value, unless somebody has stored a newer one meanwhile."""

        def answered(reply: Outcome, address: Address | None) -> None:
            if isinstance(reply, Failed | ErrorReply):
                self._window.error(address)

        client.ask(op.slot, command(b"SET", op.name, origin_value(op.key), b"NX"), answered)

    def _write(self, op: _Op, planned: float) -> None:
        def answered(reply: Outcome, address: Address | None) -> None:
            if address is None or isinstance(reply, Failed | ErrorReply):
                self._window.error(address)
            else:
                self._window.write(address, self._since(planned))

        self._versions += 1
        self._writer.ask(op.slot, command(b"SET", op.name, origin_value(op.key, self._versions)), answered)

    def _since(self, planned: float) -> float:
        return _clock() - planned

    async def _report(self) -> None:
        """Publishes a frame per window. The last one says that traffic has stopped, so no old frame looks current."""
        began, is_told = _clock(), True
        while True:
            await asyncio.sleep(began + WINDOW_S - _clock())
            now = _clock()
            if self._rate() or not is_told:
                frame = self._seen(now - began)
                self._publish(frame)
                is_told = not (frame["ops"] or frame["errors"] or frame["clients"])
            began = now

    def nothing(self) -> dict[str, Any]:
        """The frame that says that no client is running."""
        return self._frame(Window(), WINDOW_S, clients=0)

    def _seen(self, window_s: float) -> dict[str, Any]:
        window, self._window = self._window, Window()
        clients = sum(client.connections() > 0 for client in self._clients())
        return self._frame(window, window_s, clients)

    def _frame(self, window: Window, window_s: float, clients: int) -> dict[str, Any]:
        at_ms, window_ms = now_ms(), round(window_s * 1000)
        return window.frame(at_ms=at_ms, window_ms=window_ms, clients=clients, numbers=self._numbers)

    async def _follow_map(self) -> None:
        """Rereads a stale slot map, from the nodes in turn until one answers."""
        turn = 0
        while True:
            await self._stale.wait()
            self._stale.clear()
            if self._rate():
                turn += 1
                known = sorted(self._slots.addresses() | self._numbers.keys())
                first = turn % max(len(known), 1)
                if not await self._read_map(known[first:] + known[:first]):
                    self._stale.set()
                for client in self._clients():
                    client.forget(but=known)
            else:
                await self._change()
                self._stale.set()
                continue
            await asyncio.sleep(_MAP_EVERY_S)

    async def _read_map(self, addresses: Sequence[Address]) -> bool:
        for address in addresses:
            done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            self._writer.read_map(address, partial(_settle, done))
            if await done:
                return True
        return False


def _settle(done: asyncio.Future[bool], is_map: bool) -> None:
    """Delivers the answer, unless traffic is ending and nobody waits for it."""
    if not done.done():
        done.set_result(is_map)
