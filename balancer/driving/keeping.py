"""Stores samples and frames from a thread, for pages and commands to read."""

from __future__ import annotations

import logging
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, NamedTuple

from balancer.core.explained import Explained
from balancer.driving.orders import Orders
from balancer.driving.packing import packed
from balancer.stores import frames, samples
from balancer.traffic.driver import Driver
from balancer.traffic.sampled import Sample
from live.store import StoreGone

logger = logging.getLogger(__name__)

MOST_WAITING: Final = 200  # samples, and frames, that wait while the hint server is slow
_OF_NOW: Final = frozenset({"run", "policies"})  # parts of a frame that describe only the present


class _Batch(NamedTuple):
    """One write. `slowest` is set only if it has changed."""

    ended: list[Explained]
    slowest: list[Explained] | None
    frames: list[dict[str, Any]]


class Keeping:
    """Lives in the driver's loop. Retries failed writes, keeping at most the newest MOST_WAITING."""

    def __init__(self, stream_id: int) -> None:
        self._stream_id = stream_id
        self._ended: deque[Explained] = deque(maxlen=MOST_WAITING)
        self._frames: deque[dict[str, Any]] = deque(maxlen=MOST_WAITING)
        self._slowest: list[Sample] | None = None  # as last written
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="keep")
        self._writing: Future[_Batch | None] | None = None
        self._held_up = False

    def note(self, driver: Driver, orders: Orders, frame: dict[str, Any]) -> None:
        """Queues a frame and the samples since the last one. Does not wait. Call it a few times a second."""
        self._frames.append(thin(frame))
        self._take(driver, orders)
        if self._writing is None or self._writing.done():
            self._write(driver, orders)

    def end(self, driver: Driver, orders: Orders) -> None:
        """Queues the remaining samples after the driver has stopped. Does not wait."""
        self._take(driver, orders)
        self._write(driver, orders)

    def close(self) -> None:
        """Waits a few seconds at most until everything is written or has failed."""
        self._writer.shutdown()

    def _take(self, driver: Driver, orders: Orders) -> None:
        names = driver.nodes.pool.names
        self._ended.extend(packed(sample, names, orders) for sample in driver.samples.take())

    def _write(self, driver: Driver, orders: Orders) -> None:
        """Starts writing everything that is waiting."""
        if self._writing is not None and self._writing.done() and (failed := self._writing.result()):
            self._ended = deque([*failed.ended, *self._ended], MOST_WAITING)
            self._frames = deque([*failed.frames, *self._frames], MOST_WAITING)
            self._slowest = None
        before, self._slowest = self._slowest, driver.samples.slowest()
        names = driver.nodes.pool.names
        slowest = None if self._slowest == before else [packed(sample, names, orders) for sample in self._slowest]
        batch = _Batch(list(self._ended), slowest, list(self._frames))
        self._ended.clear()
        self._frames.clear()
        self._writing = self._writer.submit(self._keep, batch)

    def _keep(self, batch: _Batch) -> _Batch | None:
        """Runs in the thread. Returns what could not be written."""
        try:
            samples.keep(self._stream_id, batch.ended, batch.slowest)
            frames.keep(self._stream_id, batch.frames)
        except StoreGone as error:
            if not self._held_up:
                logger.info("Cannot store explained requests; will retry: %s", error)
            self._held_up = True
            return batch
        self._held_up = False
        return None


def thin(frame: dict[str, Any]) -> dict[str, Any]:
    """The parts of an older frame that pages draw: no totals, and only the requests in flight of each node."""
    nodes = {number: {"in_flight": node["in_flight"]} for number, node in frame["nodes"].items()}
    return {**{name: value for name, value in frame.items() if name not in _OF_NOW}, "nodes": nodes}
