"""Traffic on a test's cluster, and the frames that it published."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import mmh3
import numpy as np

from ringviz.core.buckets import bucket_of, stored_name
from ringviz.core.origin import origin_value
from ringviz.core.state import Workload
from ringviz.workload.traffic import Keys, Traffic
from servers.address import Address
from tests.clusters import PASSWORD, SLOTS, ServerCluster

SEED = 7
KEYS = [b"user:%d" % number for number in range(600)]


def bucket(key: bytes) -> int:
    return bucket_of(mmh3.hash(key, SEED, False))


def names(server: int, count: int = 3) -> list[bytes]:
    """The stored names of the keys on the n-th of so many servers."""
    low, high = SLOTS * server // count, SLOTS * (server + 1) // count
    return [stored_name(key, bucket(key)) for key in KEYS if low <= bucket(key) < high]


def fill(cluster: ServerCluster) -> None:
    """Stores every key with the origin's value."""
    for number, server in enumerate(cluster.servers):
        pipeline = server.client.pipeline(transaction=False)
        for name in names(number):
            pipeline.set(name, origin_value(name.partition(b"}")[2]))
        pipeline.execute()


class Frames(list[dict[str, Any]]):
    """The published frames, and a way to wait for more."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Condition()

    def put(self, frame) -> None:
        self.append(frame)
        self._told = asyncio.ensure_future(self._tell())

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next frame that meets the condition. Fails after 30 s."""
        seen = len(self)
        async with asyncio.timeout(30), self._news:
            while True:
                for frame in self[seen:]:
                    if condition(frame):
                        return frame
                seen = len(self)
                await self._news.wait()

    async def in_a_row(self, count: int, condition: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """The next so many frames in a row that meet the condition. Fails after 30 s.

        A busy machine delays a frame now and then: the question is whether the condition lasts.
        """
        row: list[dict[str, Any]] = []
        async with asyncio.timeout(30):
            while len(row) < count:
                [frame] = await self.more(1)
                row = [*row, frame] if condition(frame) else []
        return row

    async def more(self, count: int) -> list[dict[str, Any]]:
        """The next so many frames."""
        start = len(self)
        async with asyncio.timeout(30), self._news:
            await self._news.wait_for(lambda: len(self) >= start + count)
        return self[start : start + count]


@asynccontextmanager
async def traffic(cluster: ServerCluster, **settings) -> AsyncIterator[tuple[Traffic, Frames]]:
    frames = Frames()

    def at(positions) -> list[bytes]:
        return [KEYS[position] for position in positions]

    running = Traffic(Keys(len(KEYS), SEED, at), PASSWORD, frames.put, np.random.default_rng(1))
    running.know(dict(enumerate((Address(*one) for one in cluster.addresses), 1)))
    running.configure(workload(**settings))
    task = asyncio.create_task(running.run())
    try:
        yield running, frames
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def workload(on=True, rate=1000, distribution="uniform", reads=1.0) -> Workload:
    return Workload(on=on, rate=rate, distribution=distribution, reads=reads)
