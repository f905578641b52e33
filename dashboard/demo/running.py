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
    url: str  # of its page, with a slash at the end


class DemoFolder:
    """What a demo leaves in its data folder for others: a lock while it lives, and a record once its page answers."""

    def __init__(self, directory: Path) -> None:
        self.lock = LockFile(directory / "demo.lock")
        self._file = directory / "demo.json"

    def running(self) -> Running | None:
        """The demo of this folder once it is running; None if there is none or it is still starting."""
        if not self.lock.is_held():
            return None  # a record without a lock belongs to a killed demo
        try:
            return Running(**json.loads(self._file.read_text()))
        except FileNotFoundError:
            return None

    def announce(self, running: Running) -> None:
        """Publishes that the page answers. Atomic: readers never see half a record."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(running)))
        os.replace(draft, self._file)

    def take_down(self) -> None:
        """The page is gone."""
        self._file.unlink(missing_ok=True)
