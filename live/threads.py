"""Database reads of a hub, in the hub's own threads.

Channels and Django share one thread for all synchronous work, where one slow query would delay every page.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections, connections

T = TypeVar("T")


class DatabaseThread:
    """One thread with its own database connection that runs one task at a time."""

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, read: Callable[[], T]) -> T:
        """Runs `read` in the thread. After an error, the connection is checked before its next use."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, _with_fresh_connection, read)

    def close(self) -> None:
        """Ends the thread after its current task and closes its connection. Does not wait."""
        self._executor.submit(connections.close_all)
        self._executor.shutdown(wait=False)


def _with_fresh_connection(read: Callable[[], T]) -> T:
    close_old_connections()
    return read()
