"""Database reads of a hub, in threads of its own.

Channels and Django share one thread for all their synchronous work: one slow query there would hold up every page.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections, connections

T = TypeVar("T")


class DatabaseThread:
    """One thread with its own database connection, doing one thing after the other."""

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, read: Callable[[], T]) -> T:
        """What `read` returns or raises. After an error the connection is checked before its next use."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, _with_fresh_connection, read)

    def close(self) -> None:
        """Ends the thread after what it is doing, its connection closed. Does not wait."""
        self._executor.submit(connections.close_all)
        self._executor.shutdown(wait=False)


def _with_fresh_connection(read: Callable[[], T]) -> T:
    close_old_connections()
    return read()
