"""Hands samples and frames to the store, by a thread, so that pages and commands can read them."""

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

MOST_WAITING: Final = 200  # samples, and frames, that wait while the hint server holds the thread up
_OF_NOW: Final = frozenset({"run", "policies"})  # of a frame


class _Batch(NamedTuple):
    """What is written at once; `slowest` only where they are others than before."""

    ended: list[Explained]
    slowest: list[Explained] | None
    frames: list[dict[str, Any]]


class Keeping:
    """Lives in the driver's loop. What could not be written is tried again; of more than MOST_WAITING the newest."""

    def __init__(self, stream_id: int) -> None:
        self._stream_id = stream_id
        self._ended: deque[Explained] = deque(maxlen=MOST_WAITING)
        self._frames: deque[dict[str, Any]] = deque(maxlen=MOST_WAITING)
        self._slowest: list[Sample] | None = None  # as they were written last
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="keep")
        self._writing: Future[_Batch | None] | None = None
        self._held_up = False

    def note(self, driver: Driver, orders: Orders, frame: dict[str, Any]) -> None:
        """A frame, and what was sampled since the one before. Does not wait; call it some times a second."""
        self._frames.append(thin(frame))
        self._take(driver, orders)
        if self._writing is None or self._writing.done():
            self._write(driver, orders)

    def end(self, driver: Driver, orders: Orders) -> None:
        """What is left, after the driver has stopped. Does not wait."""
        self._take(driver, orders)
        self._write(driver, orders)

    def close(self) -> None:
        """When everything is written, or could not be, after some seconds at most."""
        self._writer.shutdown()

    def _take(self, driver: Driver, orders: Orders) -> None:
        names = driver.nodes.pool.names
        self._ended.extend(packed(sample, names, orders) for sample in driver.samples.take())

    def _write(self, driver: Driver, orders: Orders) -> None:
        """Has everything written that waits."""
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
        """In the thread. Gives what could not be written."""
        try:
            samples.keep(self._stream_id, batch.ended, batch.slowest)
            frames.keep(self._stream_id, batch.frames)
        except StoreGone as error:
            if not self._held_up:
                logger.info("The reasons of requests cannot be kept yet: %s", error)
            self._held_up = True
            return batch
        self._held_up = False
        return None


def thin(frame: dict[str, Any]) -> dict[str, Any]:
    """What a page draws of a frame that is not the newest: without totals, and of each node what is in flight."""
    nodes = {number: {"in_flight": node["in_flight"]} for number, node in frame["nodes"].items()}
    return {**{name: value for name, value in frame.items() if name not in _OF_NOW}, "nodes": nodes}
