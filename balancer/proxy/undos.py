"""The changes of a running proxy that can be undone: one line each in a file of its folder, newest last."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, NamedTuple

from balancer.proxy.errors import NothingToUndo
from balancer.proxy.runtime import Runtime, Undo

UNDOS: Final = "undos"


class Done(NamedTuple):
    """A change: the request as the person wrote it, and the commands that undo it."""

    asked: str
    undo: Undo


class Undos:
    """The changes of a folder's proxy, from all processes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / UNDOS

    def push(self, done: Done) -> None:
        """Records a change."""
        with self._held() as file:
            file.seek(0, os.SEEK_END)
            file.write(json.dumps(done) + "\n")

    async def undo(self, runtime: Runtime) -> str:
        """Undoes the newest change and returns its request.

        Raises NothingToUndo, NotRunning and Refused. After an error, the change can still be undone.
        """
        with self._held() as file:
            file.seek(0)
            lines = file.readlines()
            if not lines:
                raise NothingToUndo
            asked, undo = json.loads(lines[-1])
            await runtime.restore(tuple(undo))
            file.truncate(sum(len(line.encode()) for line in lines[:-1]))
        return str(asked)

    @contextmanager
    def _held(self) -> Iterator[IO[str]]:
        """Locks the file. Waits for other processes' changes."""
        with os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
