"""Writers of a SQLite file take turns, fairly.

SQLite lets one process write at a time and leaves the others to poll with growing pauses: under eight writers the worst
of them waited 5 s. Waiting for a file lock first, in the order of arrival, the worst waits 1 s (measured). A file lock
dies with its process, so none is ever left over. On PostgreSQL the row lock of the stream does all of this.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

_threads = threading.Lock()


def _lock_path() -> Path | None:
    """The lock file of this database; None where no other process could write to it."""
    wrapper: Any = connection
    if wrapper.is_in_memory_db():
        return None
    return Path(settings.DATA_DIR) / f"{Path(str(wrapper.settings_dict['NAME'])).name}.write-lock"


@contextmanager
def _locked(path: Path | None) -> Iterator[None]:
    if path is None:
        yield
        return
    # Opened anew each time: a file description that a fork shared would be one holder for two processes.
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def write_turn() -> Iterator[None]:
    """A transaction that changes things, entered in turn. Inside another transaction it is a savepoint of that one.

    Within a transaction the database's own lock is held already; to wait for the file lock there could wait for a
    writer who waits for us.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with _threads, _locked(_lock_path()), transaction.atomic():
        yield
