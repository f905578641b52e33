"""`manage.py watch`: leads by a lease, and watches every lock source.

One process of an installation watches at a time; another waits its turn, and continues with the table of the first.
Everything written carries the lease's fencing token, so a leader that was paused past its lease writes nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeVar, cast

from django.conf import settings
from django.db import Error, close_old_connections, connections

from fleet.hands import Hands
from live.channel import redis_url
from live.listening import HintListener
from live.outage import Outage
from locks.core.sourcelist import EMBEDDED, SourceConfig, embedded
from locks.leader import Leader
from locks.models import LockSource
from locks.services.breaking import settle
from locks.services.sources import ensure_sources, state_now
from locks.stage.director import Director
from locks.stage.ladder import LADDER
from locks.stores.line import StoreGone, prefix
from locks.stores.past import past
from locks.stores.table import table
from locks.stores.writing import Fenced, TableWriter, newest_token
from locks.watcher.clock import OurClock
from locks.watcher.events import Events, Scribe
from locks.watcher.ledger import Ledger, RaisedAlert
from locks.watcher.standing import Standing
from locks.watcher.teller import Teller
from locks.watcher.watching import SourceWatch

logger = logging.getLogger(__name__)

ROLE = "watcher"
LOOK_EVERY_S = 1.0
_USUAL_OF = 2_000
"""How many of the newest ended holds show what is usual, at the start."""


T = TypeVar("T")


class Watcher:
    """The one process that watches. `run` belongs to the main thread."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._status = 0
        self._hands = Hands()
        self._clock = OurClock()
        self._scribe = Scribe()
        self._watches: list[tuple[LockSource, SourceWatch, Teller, TableWriter]] = []
        # Its token must also exceed that of a table's writer that the database does not know about.
        self._leader = Leader(ROLE, self._stopping, self._fail, self._promote, newest_token)
        self._listener = HintListener(settings.REDIS_URL)
        self._stage: Director | None = None
        self._outage = Outage("watcher", "sources are watched, but requested pauses and breaks are not seen")

    def run(self) -> int:
        """Runs until told to stop, or fenced off. Returns the exit status: 1 if nobody told it to stop."""
        thread = threading.Thread(target=self._lead, name="lead", daemon=True)
        thread.start()
        try:
            self._hands.run(lambda: not self._stopping.is_set())
        finally:
            self._end(thread)
        return self._status

    def stop(self) -> None:
        """Stops it; may be called from a signal handler."""
        self._stopping.set()
        self._hands.wake()

    def _fail(self) -> None:
        """Stops it, although nobody asked, with a failure. Its supervisor will restart it."""
        self._status = 1
        self.stop()

    def _end(self, thread: threading.Thread) -> None:
        self._stopping.set()
        self._listener.close()
        if self._stage is not None:
            self._stage.stop()
        self._hands.end()
        for _source, watch, _teller, _writer in self._watches:
            watch.stop()
        for _source, watch, teller, _writer in self._watches:
            watch.join(timeout_s=3)
            teller.stop()
        self._scribe.stop()
        thread.join(timeout=3)
        self._leader.end()
        connections.close_all()

    # --- leading

    def _lead(self) -> None:
        try:
            if not self._leader.wait():
                return
            self._begin()
            while not self._stopping.is_set():
                self._listener.wait(self._follow_wishes())
        except Fenced:
            logger.exception("Another process leads; this watcher ends")
            self._fail()
        except Exception:
            logger.exception("The watcher cannot go on")
            self._fail()
        finally:
            connections.close_all()
            self.stop()

    def _promote(self, fencing_token: int) -> None:
        """The lease was taken, for the first time or again."""
        for _source, _watch, _teller, writer in self._watches:
            writer.promote(fencing_token)

    def _label_of(self, holder_id: bytes) -> str | None:
        """The name of the stage's worker with this holder_id."""
        return None if self._stage is None else self._stage.label_of(holder_id.decode(errors="replace"))

    def _stale_write(self, key: bytes) -> None:
        """The stage's resource refused a late write: the current holder of that lock is marked."""
        for source, watch, _teller, _writer in self._watches:
            if source.slug == EMBEDDED:
                watch.ledger.mark_stale_write(key)

    # --- sources

    def _begin(self) -> None:
        """Starts every source, with what another watcher left. Waits for our own Redis and the database."""
        sources = self._when_there(lambda: {source.slug: source for source in ensure_sources()})
        self._when_there(self._clock.keep)
        self._scribe.start()
        for config in configs():
            if sources is not None and (source := sources.get(config.slug)) is not None:
                self._when_there(lambda config=config, source=source: self._watch(config, source))  # type: ignore[misc]
                if config.slug == EMBEDDED:
                    self._stage = Director(self._hands, source, self._leader.check, self._stale_write)
                    self._stage.start()

    def _watch(self, config: SourceConfig, source: LockSource) -> None:
        writer = TableWriter(config.slug, self._leader.fencing_token)
        seq = writer.claim()
        raised = cast("list[RaisedAlert]", state_now(source)["alerts"])
        rows = table(config.slug).rows
        ledger = Ledger(self._clock, self._label_of, rows, past(config.slug, 0, _USUAL_OF), raised)
        teller = Teller(config.slug, source.stream_id, writer, seq, self._clock)
        events = Events(source, self._scribe, self._leader.check)
        events.already_open({(alert["id"], alert["kind"]) for alert in raised})
        ours = (prefix().encode(), LADDER.encode())  # the ladder's own locks change forty times a second
        watch = SourceWatch(
            config, ledger, Standing(self._clock), events, is_ours=lambda key: key.startswith(ours), news=teller.wake
        )
        watch.pause(source.paused)
        self._watches.append((source, watch, teller, writer))
        watch.start()
        teller.start(watch, self._fail)

    def _when_there(self, do: Callable[[], T]) -> T | None:
        while not self._stopping.is_set():
            try:
                return do()
            except (StoreGone, Error) as error:
                logger.warning("The watcher is waiting: %s", error)
                close_old_connections()
                self._stopping.wait(1.0)
        return None

    def _follow_wishes(self) -> float:
        """Applies requested pauses, and records breaks whose process died. Returns when to do so again."""
        close_old_connections()
        try:
            paused = dict(LockSource.objects.values_list("slug", "paused"))
            settle()
        except Error as error:
            return self._outage.failed(error)
        self._outage.answered()
        for source, watch, _teller, _writer in self._watches:
            watch.pause(paused.get(source.slug, False))
        return LOOK_EVERY_S


def configs() -> list[SourceConfig]:
    """What is watched: our own server, and LOCK_SOURCES."""
    own = [embedded(redis_url())] if redis_url() else []
    return [*own, *settings.LOCK_SOURCES]
