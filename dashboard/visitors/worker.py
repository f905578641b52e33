"""A thread that answers one request after the other, with its own database connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

from django.db import close_old_connections, connections

T = TypeVar("T")

IDLE_S = 30.0


class Worker:
    """Belongs to one event loop. Its connection stays open for the next request, and closes after 30 s without one."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._idle: asyncio.TimerHandle | None = None

    async def run(self, function: Callable[[Any], T], argument: Any) -> T:
        """What the function returns or raises. If the caller is cancelled, it keeps running: see `when_done`."""
        context = copy_context()
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, context.run, _with_fresh_connection, function, argument
        )

    def when_done(self, call: Callable[[], None]) -> None:
        """Calls back in the loop once the thread has finished all its work. A failed connection is closed."""
        loop = asyncio.get_running_loop()

        def done(_: object) -> None:
            with suppress(RuntimeError):  # the loop has ended with the process
                loop.call_soon_threadsafe(call)

        self._thread.submit(close_old_connections).add_done_callback(done)

    def rest(self) -> None:
        """It has nothing to do for now."""
        self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._thread.submit, connections.close_all)

    def rise(self) -> None:
        """It has something to do again."""
        if self._idle is not None:
            self._idle.cancel()


def _with_fresh_connection(function: Callable[[Any], T], argument: Any) -> T:
    close_old_connections()
    return function(argument)
