"""Writers of a SQLite file take turns, fairly.

SQLite lets one process write at a time, and the others poll with growing pauses: with eight writers, the worst waited 5
s. With a file lock that is granted in order of arrival, the worst waits 1 s (measured). A file lock ends with its
process, so none is left over. On PostgreSQL the stream's row lock does all of this.

Waits for the database itself are limited by LOCK_WITHIN_S in the settings: a longer lock is not from our writers, or
its holder hangs.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction

TURN_WITHIN_S = 4.0

_threads = threading.Lock()
_hurried: ContextVar[bool] = ContextVar("hurried", default=False)


def hurry() -> None:
    """Limits waiting for a turn to 4 s in this context, because somebody is waiting for the response."""
    _hurried.set(True)


def bound_waits(*, connection: Any, **_more: Any) -> None:
    """Sets the lock timeout of a new PostgreSQL connection. SQLite connections get theirs from options."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {round(settings.LOCK_WITHIN_S * 1000)}")


def _lock_path() -> Path | None:
    """The lock file of this database. None if no other process can write to it."""
    wrapper: Any = connection
    if wrapper.is_in_memory_db():
        return None
    return Path(settings.DATA_DIR) / f"{Path(str(wrapper.settings_dict['NAME'])).name}.write-lock"


def _held() -> OperationalError:
    return OperationalError(f"another process has held the database for {TURN_WITHIN_S:g} s")


class _Attempt(threading.Thread):
    """Waits for a file lock in order of arrival, and releases it if nobody is waiting for it any more.

    Acquiring a file lock has no timeout, so it runs in a separate thread that can be left behind.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__(name="write turn", daemon=True)
        self._descriptor = descriptor
        self._deciding = threading.Lock()
        self._ended = threading.Event()
        self._given_up = False

    def run(self) -> None:
        """Runs in the thread."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        with self._deciding:
            if self._given_up:
                os.close(self._descriptor)
            self._ended.set()

    def succeeds(self, within_s: float) -> bool:
        """Whether the lock was acquired in time. If not, it is released when it comes."""
        self.start()
        self._ended.wait(within_s)
        with self._deciding:
            self._given_up = not self._ended.is_set()
            return not self._given_up


@contextmanager
def _locked(path: Path | None, within_s: float | None) -> Iterator[None]:
    if path is None:
        yield
        return
    # Opened each time, because after a fork two processes would share one lock.
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    if within_s is None:
        _lock(descriptor)
    elif not _is_free(descriptor) and not _Attempt(descriptor).succeeds(within_s):
        raise _held()
    try:
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except BaseException:
        os.close(descriptor)
        raise


def _is_free(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _turn() -> Iterator[None]:
    """Raises OperationalError if a turn with a deadline does not come in time."""
    within_s = TURN_WITHIN_S if _hurried.get() else None
    began = time.monotonic()
    if not _threads.acquire(timeout=-1 if within_s is None else within_s):
        raise _held()
    try:
        left_s = None if within_s is None else max(0.0, within_s - (time.monotonic() - began))
        with _locked(_lock_path(), left_s):
            yield
    finally:
        _threads.release()


@contextmanager
def write_turn() -> Iterator[None]:
    """A writing transaction that waits for its turn. Inside another transaction it is a savepoint.

    Inside a transaction the database's own lock is already held, and waiting for the file lock could deadlock. Raises
    OperationalError if somebody holds the database for too long.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with _turn(), transaction.atomic():
        yield
