"""A process whose event loop follows the database: one thread reads settings, another publishes frames."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Generic, TypeVar

import uvloop
from django.db import Error, close_old_connections

from live.channel import redis_url
from live.hints import publish_frame
from live.listening import HintListener
from live.refusals import Refused

logger = logging.getLogger(__name__)

READ_EVERY_S: Final = 1.0

T = TypeVar("T")


class Orders(Generic[T]):
    """Follows the database: calls `take` in the event loop with the result of `read` whenever it changes.

    `read` runs in a thread, at each hint for any stream and once a second. `what` names the process in the log.
    """

    def __init__(self, what: str, read: Callable[[], T], take: Callable[[T], None]) -> None:
        self._what, self._read, self._take = what, read, take
        self._newest: T | None = None
        self._ended: asyncio.Future[None] | None = None

    async def run(self) -> None:
        """Runs until cancelled or `end`. Raises Refused if `read` does, what `take` raises, and the error given to
        `end`.
        """
        loop = asyncio.get_running_loop()
        self._ended = ended = loop.create_future()
        listener = HintListener(redis_url())
        # A daemon, so that the process can end at once even if the thread is waiting.
        threading.Thread(target=self._follow, args=(loop, ended, listener), daemon=True, name="read state").start()
        try:
            await ended
        finally:
            listener.close()

    def end(self, error: BaseException) -> None:
        """Ends `run` with this error. Call it in the event loop."""
        if self._ended is not None and not self._ended.done():
            self._ended.set_exception(error)

    def _follow(self, loop: asyncio.AbstractEventLoop, ended: asyncio.Future[None], listener: HintListener) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            while not ended.done():
                try:
                    orders = self._read()
                except Refused as error:
                    loop.call_soon_threadsafe(self.end, error)
                    return
                except Error as error:
                    logger.warning("%s cannot read its settings: %s", self._what, error)
                else:
                    loop.call_soon_threadsafe(self._hand_over, orders)
                close_old_connections()
                listener.wait(READ_EVERY_S)

    def _hand_over(self, orders: T) -> None:
        if orders == self._newest or self._ended is None or self._ended.done():
            return
        self._newest = orders
        try:
            self._take(orders)
        except Exception as error:  # noqa: BLE001  `run` raises it
            self.end(error)


class Frames:
    """Publishes a topic's values from a thread. While the hint server blocks one, the next are dropped."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._publisher = ThreadPoolExecutor(1, thread_name_prefix="publish")
        self._published: Future[None] | None = None

    def publish(self, stream_id: int, frame: dict[str, Any]) -> None:
        """Does not wait."""
        if self._published is None or self._published.done():
            self._published = self._publisher.submit(publish_frame, stream_id, self._topic, frame)

    def say_goodbye(self, stream_id: int, frame: dict[str, Any]) -> None:
        """Publishes the last value, which says that the process has ended. Never dropped, because pages keep showing
        it.
        """
        self._published = self._publisher.submit(publish_frame, stream_id, self._topic, frame)

    def close(self) -> None:
        """Waits a second at most until everything is published."""
        self._publisher.shutdown()


def run_until_told(work: Coroutine[Any, Any, None]) -> None:
    """Runs a coroutine in a new loop until it ends or the process gets SIGTERM or SIGINT. Raises what it raises."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_told(work))


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    running = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        return
