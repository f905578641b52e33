"""Watches the servers' disk space: warns before it runs out, and releases the reserve if a death needs it.

While there is no space, servers get no writes and none is started.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path

from ringviz.stores.room import MIB, Room, release, reserve, tried
from ringviz.supervisor.telling import Telling

logger = logging.getLogger(__name__)

EVERY_S = 1.0


class Space:
    """The disk space of one cluster. Used by its keeper's thread."""

    def __init__(self, slug: str, folder: Path, telling: Telling) -> None:
        self._slug = slug
        self._folder = folder
        self._telling = telling
        self._room = Room("enough", 0, str(folder))
        self._next_at = 0.0

    def look(self, *, needed: bool) -> bool:
        """Whether servers can write, at most a second old. If `needed`, releases the reserve first."""
        if needed or time.monotonic() >= self._next_at:
            was, self._room = self._room, tried(self._folder)
            if self._room.state == "full" and needed and release(self._folder):
                logger.warning("The reserve of %s is released", self._slug)
                self._room = tried(self._folder)
            if self._room.state == "enough" or (self._room.state == "low" and not needed):
                reserve(self._folder)
            self._told(was)
            self._next_at = time.monotonic() + EVERY_S
        return self._room.is_writable

    @property
    def why(self) -> str:
        """The reason for waiting, in the pages' terms."""
        return "read-only" if self._room.state == "read-only" else "disk full"

    def _told(self, was: Room) -> None:
        self._telling.space(self._room)
        if was.state != self._room.state:
            text = "Room for the servers of %s: %s, %d MiB free in %s"
            level = logging.INFO if self._room.state == "enough" else logging.WARNING
            logger.log(level, text, self._slug, self._room.state, self._room.free // MIB, self._room.folder)
