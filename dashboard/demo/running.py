"""The running demo of a folder: who holds it, and where its page is. Other commands read it."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from fleet.lockfile import LockFile


@dataclass(frozen=True, slots=True)
class Running:
    """A demo whose page answers."""

    pid: int
    url: str  # of its page, a slash at its end


class DemoFolder:
    """What a demo leaves in its data folder for others: a lock as long as it lives, a record once its page answers."""

    def __init__(self, directory: Path) -> None:
        self.lock = LockFile(directory / "demo.lock")
        self._file = directory / "demo.json"

    def running(self) -> Running | None:
        """The demo of this folder, once it is up; None while there is none or it is still starting."""
        if not self.lock.is_held():
            return None  # a record without a lock is a killed demo's
        try:
            return Running(**json.loads(self._file.read_text()))
        except FileNotFoundError:
            return None

    def announce(self, running: Running) -> None:
        """Tell others that the page answers. Whole or not at all: readers never see half a record."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(running)))
        os.replace(draft, self._file)

    def take_down(self) -> None:
        """No page any more."""
        self._file.unlink(missing_ok=True)
