"""What was changed in a running proxy and can be undone, newest last: a line each in a file of its folder."""

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
    """A change: what was asked for, as the person wrote it, and the commands that restore what was."""

    asked: str
    undo: Undo


class Undos:
    """The changes of the proxy in a folder, by any of the processes that change it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / UNDOS

    def push(self, done: Done) -> None:
        """Notes a change that was made."""
        with self._held() as file:
            file.seek(0, os.SEEK_END)
            file.write(json.dumps(done) + "\n")

    async def undo(self, runtime: Runtime) -> str:
        """Undoes the newest change and gives what had been asked for.

        Raises NothingToUndo, NotRunning and Refused; then the change is still there to be undone.
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
        """The file, for nobody else; it takes as long as another's change does."""
        with os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
