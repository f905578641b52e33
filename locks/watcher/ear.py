"""Hears the changes of a source, in its own thread."""

from __future__ import annotations

import threading

from locks.core.holds import Way
from locks.sources import Source, SourceTrouble
from locks.sources.capabilities import Capabilities
from locks.sources.listening import Listening
from locks.watcher.inbox import Inbox

_SLICE_S = 0.5


class Ear:
    """Puts changes into an inbox until it is closed or its connection ends; then `trouble` says why."""

    def __init__(self, listening: Listening, inbox: Inbox) -> None:
        self.trouble: SourceTrouble | None = None
        self._listening = listening
        self._inbox = inbox
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ear", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops it. Returns within half a second."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                if changes := self._listening.changes(_SLICE_S):
                    self._inbox.hear(changes)
        except SourceTrouble as trouble:
            self.trouble = trouble
        except Exception as error:  # noqa: BLE001  a source without an ear must be noticed, whatever the error
            self.trouble = SourceTrouble("other", f"{type(error).__name__}: {error}")
        finally:
            self._listening.close()
            self._inbox.wake()


def listen(source: Source, can: Capabilities, inbox: Inbox) -> tuple[Ear | None, Way]:
    """The best way to hear about changes that the source allows; None means that only scanning is left.

    If it is unknown whether notifications are on, tracking is safer. Raises SourceTrouble, except for missing rights.
    """
    ways: list[Way] = []
    if can.notifications == "on":
        ways.append("notifications")
    if can.tracking:
        ways.append("tracking")
    for way in ways:
        try:
            return Ear(source.listen(way), inbox), way  # type: ignore[arg-type]  # scanning is not among them
        except SourceTrouble as trouble:
            if trouble.kind != "noperm":
                raise
    return None, "scanning"
