"""Writers of a SQLite file take turns, fairly.

SQLite lets one process write at a time and leaves the others to poll with growing pauses: under eight writers the worst
of them waited 5 s. Waiting for a file lock first, in the order of arrival, the worst waits 1 s (measured). A file lock
dies with its process, so none is ever left over. On PostgreSQL the row lock of the stream does all of this.

No wait for the database itself is longer than LOCK_WITHIN_S of the settings: whoever holds it so long is no writer of
ours, or stands still.
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
    """From here on, in this context, a turn is waited for 4 s at most: somebody waits for the answer."""
    _hurried.set(True)


def bound_waits(*, connection: Any, **_more: Any) -> None:
    """A new connection of PostgreSQL waits so long for a lock; those of SQLite have it among their options."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {round(settings.LOCK_WITHIN_S * 1000)}")


def _lock_path() -> Path | None:
    """The lock file of this database; None where no other process could write to it."""
    wrapper: Any = connection
    if wrapper.is_in_memory_db():
        return None
    return Path(settings.DATA_DIR) / f"{Path(str(wrapper.settings_dict['NAME'])).name}.write-lock"


def _held() -> OperationalError:
    return OperationalError(f"another process has held the database for {TURN_WITHIN_S:g} s")


class _Attempt(threading.Thread):
    """Waits for the lock of a file in the order of arrival, and lets go of it where nobody waits for it any more.

    Asking for a file lock has no deadline; a thread of its own can be left behind.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__(name="write turn", daemon=True)
        self._descriptor = descriptor
        self._deciding = threading.Lock()
        self._ended = threading.Event()
        self._given_up = False

    def run(self) -> None:
        """Called by `start`."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        with self._deciding:
            if self._given_up:
                os.close(self._descriptor)
            self._ended.set()

    def succeeds(self, within_s: float) -> bool:
        """Whether the lock came. If not, the descriptor is closed when it does."""
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
    # Opened anew each time: a file description that a fork shared would be one holder for two processes.
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
    """Raises OperationalError where the turn of somebody in a hurry does not come in time."""
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
    """A transaction that changes things, entered in turn. Inside another transaction it is a savepoint of that one.

    Within a transaction the database's own lock is held already; to wait for the file lock there could wait for a
    writer who waits for us. Raises OperationalError where the database is held by somebody for too long.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with _turn(), transaction.atomic():
        yield
