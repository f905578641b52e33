"""The hands of a program: its main thread, the only one that starts processes and sees them end.

A child is tied to the thread that started it (fleet.leash), so other threads ask this one to start children. It waits
for requests and for the end of children with one `poll`.
"""

from __future__ import annotations

import os
import queue
import select
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

from fleet.process import Child

T = TypeVar("T")
_TICK_S = 0.5  # how late the end of a child is noticed on systems without pidfd


class Closed(RuntimeError):
    """The program is ending: nothing is started any more."""


class Hands:
    """`run` belongs to the main thread; any thread may call the rest."""

    def __init__(self) -> None:
        self._requests: queue.SimpleQueue[tuple[Future[object], Callable[[], object]]] = queue.SimpleQueue()
        self._watched: dict[Child, Callable[[Child], None]] = {}
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._closed = False

    def do(self, work: Callable[[], T]) -> T:
        """Runs `work` on the main thread and returns its result, or raises its error. Raises Closed."""
        future: Future[object] = Future()
        self._requests.put((future, work))
        self.wake()
        if self._closed:
            self._refuse_all()
        return future.result()  # type: ignore[return-value]

    def start(self, starter: Callable[[], Child], on_end: Callable[[Child], None]) -> Child:
        """Starts a child, and reports its end on the main thread and quickly. Raises OSError, Closed."""

        def begin() -> Child:
            child = starter()
            self._watched[child] = on_end
            return child

        return self.do(begin)

    def wake(self) -> None:
        """Wakes the main thread."""
        with suppress(BlockingIOError):  # it is about to wake anyway
            os.write(self._wake_write, b"!")

    def run(self, going_on: Callable[[], bool]) -> None:
        """Serves until `going_on` returns False."""
        while going_on():
            self._wait()
            self._serve()
            for child in [child for child in self._watched if child.status is not None]:
                self._watched.pop(child)(child)

    def end(self) -> None:
        """Kills all remaining children and refuses pending requests."""
        self._closed = True
        self._refuse_all()
        for child in list(self._watched):
            child.kill()
        self._watched.clear()

    def _wait(self) -> None:
        poller = select.poll()
        poller.register(self._wake_read, select.POLLIN)
        for child in self._watched:
            if child.fileno() >= 0:
                poller.register(child.fileno(), select.POLLIN)
        poller.poll(_TICK_S * 1000)
        with suppress(BlockingIOError):
            os.read(self._wake_read, 4096)

    def _serve(self) -> None:
        while True:
            try:
                future, work = self._requests.get_nowait()
            except queue.Empty:
                return
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001  it is told to whoever asked
                future.set_exception(error)

    def _refuse_all(self) -> None:
        while True:
            try:
                future, _work = self._requests.get_nowait()
            except queue.Empty:
                return
            future.set_exception(Closed())
