"""Events of a source: alerts, lost, back. They are written in their own thread, because a database may be slow.

At most ten alerts a second per source: if a broken client overwrites a thousand locks, the first ones are reported.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from locks.core.rows import AlertKind
from locks.models import LockSource
from locks.services.alerts import clear_alert, raise_alert
from locks.services.leading import Fenced, Guard
from locks.services.sources import source_back, source_lost
from locks.sources import SourceTrouble
from locks.watcher.ledger import Told

logger = logging.getLogger(__name__)

ALERTS_A_SECOND = 10
_MOST_WAITING = 2_000
_AGAIN_AFTER_S = 1.0


class Scribe:
    """Does one task after the other, and waits while the database is gone."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Callable[[], object] | None] = queue.Queue(_MOST_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scribe", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends it after the current task."""
        self._stopping.set()
        self._put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    def do(self, work: Callable[[], object]) -> None:
        """Queues a task. If too many are waiting, it is left out and the log says so."""
        self._put(work)

    def _put(self, work: Callable[[], object] | None) -> None:
        try:
            self._queue.put_nowait(work)
        except queue.Full:
            logger.warning("The database is too slow for lock events; one was left out")

    def _run(self) -> None:
        try:
            while (work := self._queue.get()) is not None and not self._stopping.is_set():
                self._try(work)
        finally:
            connections.close_all()

    def _try(self, work: Callable[[], object]) -> None:
        told = False
        while not self._stopping.is_set():
            close_old_connections()
            try:
                work()
                return
            except Fenced:  # another process leads, or may lead
                return
            except (OperationalError, InterfaceError) as error:
                if not told:
                    logger.warning("Lock events are waiting for the database: %s", error)
                told = True
                self._stopping.wait(_AGAIN_AFTER_S)
            except Exception:
                logger.exception("A lock event was not recorded")
                return


class Events:
    """Writes the events of one source. Returns at once, from any thread."""

    def __init__(self, source: LockSource, scribe: Scribe, guard: Guard) -> None:
        self._source = source
        self._scribe = scribe
        self._guard = guard
        self._open: set[tuple[str, AlertKind]] = set()
        self._second = (0.0, 0)
        self._left_out = 0

    def already_open(self, alerts: set[tuple[str, AlertKind]]) -> None:
        """Alerts that another watcher raised."""
        self._open |= alerts

    def alert(self, told: Told) -> None:
        """An alert was raised, or a recorded one was cleared."""
        alert, row = told.turn.alert, told.row
        name = (row["id"], alert["kind"])
        if told.turn.raised:
            if self._may():
                self._open.add(name)
                self._scribe.do(lambda: raise_alert(self._source, row, alert, self._guard))
        elif name in self._open:
            self._open.discard(name)
            self._scribe.do(lambda: clear_alert(self._source, row, alert["kind"], told.why, self._guard))

    def lost(self, trouble: SourceTrouble) -> None:
        """Contact with the source is lost."""
        self._scribe.do(lambda: source_lost(self._source, trouble.kind, trouble.text, self._guard))

    def back(self) -> None:
        """Contact with the source is back."""
        self._scribe.do(lambda: source_back(self._source, self._guard))

    def _may(self) -> bool:
        second, count = self._second
        now = time.monotonic()
        if now - second >= 1.0:
            second, count = now, 0
            if self._left_out:
                logger.warning("%s: too many alerts; %d were not recorded", self._source, self._left_out)
                self._left_out = 0
        self._second = (second, count + 1)
        self._left_out += count >= ALERTS_A_SECOND
        return count < ALERTS_A_SECOND
