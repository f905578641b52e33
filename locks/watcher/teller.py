"""Writes what is known about a source to our own Redis, and publishes it to the pages; in its own thread.

The first change after a pause goes out at once, then at most twenty frames a second; fewer if there are so many locks
that a frame takes long to make. The table is written before its frame, so a reader of the table then has what the
frame says.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from live.hints import publish_frame
from locks.core.frames import TOPIC, Frames
from locks.core.rows import Past, Status
from locks.stores.line import StoreGone
from locks.stores.marks import broken_among
from locks.stores.writing import Fenced, TableLost, TableWriter
from locks.watcher.clock import OurClock, monotonic_ms
from locks.watcher.ledger import Ledger, News

logger = logging.getLogger(__name__)

_LEAST_PAUSE_MS = 50.0
_MOST_PAUSE_MS = 1_000.0
_SHARE = 4
"""At most a fifth of the time goes into making frames."""
_AGAIN_AFTER_MS = 1_000.0
_MOST_UNWRITTEN = 50_000


class Watched(Protocol):
    """The source to publish."""

    @property
    def ledger(self) -> Ledger:
        """The locks."""

    def status(self) -> Status:
        """The status of the watching; the teller adds seq, locks and clock_ms."""


class Teller:
    """The table, status and frames of one source. `fenced` is called when a newer leader writes."""

    def __init__(self, slug: str, stream_id: int, writer: TableWriter, seq: int, clock: OurClock) -> None:
        """`seq` is the one that the writer claimed."""
        self._slug = slug
        self._stream_id = stream_id
        self._writer = writer
        self._seq = seq
        self._clock = clock
        self._frames = Frames()
        self._unwritten: list[Past] = []
        self._lost = False
        self._gone = False
        self._framed_ms = float("-inf")
        self._stopping = threading.Event()
        self._some = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, watched: Watched, fenced: Callable[[], None]) -> None:
        """Starts the thread. Calls `fenced` once, when another process leads."""
        self._thread = threading.Thread(target=self._run, args=(watched, fenced), name="teller", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it after the current write."""
        self._stopping.set()
        self._some.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def wake(self) -> None:
        """There is news to publish."""
        self._some.set()

    def _run(self, watched: Watched, fenced: Callable[[], None]) -> None:
        not_before_ms = told_ms = regroup_from_ms = 0.0
        while not self._stopping.is_set():
            self._some.clear()
            now_ms = monotonic_ms()
            # Also once a second without news, so that a page can tell a quiet source from a dead watcher.
            due_ms = not_before_ms if watched.ledger.has_news() else max(not_before_ms, told_ms + _MOST_PAUSE_MS)
            regroup_ms = max(self._frames.regroup_at_ms(), regroup_from_ms)
            if now_ms < min(due_ms, regroup_ms):
                self._some.wait((min(due_ms, regroup_ms) - now_ms) / 1000)
                continue
            if now_ms < due_ms:
                self._frames.regroup(watched.ledger.rows, self._clock.now_ms(), now_ms)
                ended_ms = monotonic_ms()
                regroup_from_ms = ended_ms + _SHARE * (ended_ms - now_ms)
                told_ms = min(told_ms, now_ms - _MOST_PAUSE_MS)  # the groups are news
                continue
            try:
                pause_ms = self._tell(watched)
            except Fenced as newer:
                logger.error("%s: another process leads; this one stops writing: %s", self._slug, newer)
                fenced()
                return
            except Exception:  # otherwise the source would look unwatched for ever
                logger.exception("%s: the teller failed; the whole table is written next", self._slug)
                self._lost, pause_ms = True, _AGAIN_AFTER_MS
            told_ms, not_before_ms = now_ms, monotonic_ms() + pause_ms

    def _tell(self, watched: Watched) -> float:
        """Writes and publishes the news, and returns how long to pause then, in ms. Raises Fenced."""
        began_ms = monotonic_ms()
        try:
            self._clock.keep()
            news = watched.ledger.take()
            self._frames.follow(news.changed, news.gone)
            self._unwritten = [*self._unwritten, *news.ended][-_MOST_UNWRITTEN:]
            self._name_broken()
            seq = self._seq + 1
            locks, clock_ms = len(watched.ledger.rows), round(self._clock.uncertainty_ms, 2)
            status: Status = {**watched.status(), "seq": seq, "locks": locks, "clock_ms": clock_ms}
            self._write(watched.ledger, news, seq, status)
        except StoreGone as trouble:
            self._note_gone(trouble)
            return _AGAIN_AFTER_MS
        self._seq, ended, self._unwritten = seq, self._unwritten, []
        if self._gone:
            logger.warning("%s: our own Redis is back; writing the table again", self._slug)
            self._gone = False
        if news.more and began_ms - self._framed_ms < _MOST_PAUSE_MS:
            # Thousands of rows: pages get a frame once a second, until the table has them all.
            self._frames.start_over()
            return monotonic_ms() - began_ms
        self._framed_ms = began_ms
        rows, now_ms = watched.ledger.rows, self._clock.now_ms()
        frame = self._frames.next(rows, news.changed, news.gone, ended, now_ms=now_ms, status=status)
        publish_frame(self._stream_id, TOPIC, frame)
        return max(_LEAST_PAUSE_MS, _SHARE * (monotonic_ms() - began_ms))

    def _write(self, ledger: Ledger, news: News, seq: int, status: Status) -> None:
        if not self._lost:
            try:
                self._writer.write(seq, news.changed, news.gone, self._unwritten, status)
                return
            except TableLost:
                logger.warning("%s: our own Redis lost the table; writing it again", self._slug)
                self._lost = True
        self._writer.replace(seq, ledger.rows, status)
        self._writer.write(seq, {}, (), self._unwritten)
        self._frames.start_over()
        self._lost = False

    def _name_broken(self) -> None:
        """A break looks like a release; the mark it left tells them apart."""
        released = [hold["id"] for hold in self._unwritten if hold["end"] == "released"]
        if broken := broken_among(self._slug, released):
            for hold in self._unwritten:
                if hold["id"] in broken and hold["end"] == "released":
                    hold["end"] = "broken"

    def _note_gone(self, trouble: StoreGone) -> None:
        """What was taken from the ledger may or may not be written, so the whole table is written next time."""
        self._lost = True
        if not self._gone:
            logger.warning("%s: our own Redis does not accept the table; trying again: %s", self._slug, trouble)
        self._gone = True
