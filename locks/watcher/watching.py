"""The eye of one source, in its own thread: connects, searches, follows changes; after trouble, starts over."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from live.inert import shown
from locks.core.holds import Way
from locks.core.rows import Status
from locks.core.sourcelist import SourceConfig
from locks.sources import Source, SourceTrouble, connect
from locks.watcher.clock import monotonic_ms
from locks.watcher.ear import Ear, listen
from locks.watcher.inbox import Inbox, Mail
from locks.watcher.ledger import Ledger, Told
from locks.watcher.looking import Looking
from locks.watcher.standing import Standing
from locks.watcher.sweep import Sweep

logger = logging.getLogger(__name__)

BUDGET = 0.05
"""The share of a server's time that a search may take. The first one may take more, and ends sooner."""
RECONCILE_EVERY_MS = 30_000.0
_SCAN_EVERY_MS = 1_000.0
_TICK_MS = 1_000.0
_ESTIMATE_EVERY = 10
_LOST_AFTER_MS = 1_000.0
_DISOWNED_AFTER_MS = 3_000.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S, _HOPELESS_PAUSE_S = 0.1, 2.0, 5.0
_MOST_RELOOKED = 5_000
_MOST_LISTENED = 500
"""How many locks with subscribers are asked for their waiters per second. If there are more, they take turns."""


class _Leave(Exception):
    """Leave the source, for a pause or to listen in another way."""


class Recorder(Protocol):
    """Turns things into events. Each method returns at once."""

    def alert(self, told: Told) -> None:
        """An alert was raised or cleared."""

    def lost(self, trouble: SourceTrouble) -> None:
        """Contact with the source is lost."""

    def back(self) -> None:
        """Contact with the source is back."""


class SourceWatch:
    """Watches one source and writes what it sees to a ledger. Calls `news` when there is something to publish."""

    def __init__(
        self,
        config: SourceConfig,
        ledger: Ledger,
        standing: Standing,
        events: Recorder,
        *,
        is_ours: Callable[[bytes], bool],
        news: Callable[[], None],
    ) -> None:
        self.ledger = ledger
        self.slug = config.slug
        self._config = config
        self._standing = standing
        self._events = events
        self._is_ours = is_ours
        self._news = news
        self._inbox = Inbox()
        self._paused = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"eye {config.slug}", daemon=True)
        self._discovered = False
        self._down_since_ms: float | None = None
        self._lost = False
        self._disown_at_ms: float | None = None

    def status(self) -> Status:
        """The status of the watching."""
        return self._standing.status()

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Asks it to end; `join` waits."""
        self._stopping.set()
        self._inbox.wake()

    def join(self, timeout_s: float) -> None:
        """Waits until it has ended."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def pause(self, on: bool) -> None:
        """While paused, no command is sent to the source."""
        if on != self._paused.is_set():
            (self._paused.set if on else self._paused.clear)()
            self._inbox.wake()

    def _run(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            if self._paused.is_set():
                self._standing.enter("paused")
                self._news()
                self._inbox.take(1.0)
                continue
            try:
                self._visit()
                pause_s = _FIRST_PAUSE_S
                continue
            except SourceTrouble as found:
                trouble = found
            except Exception as error:
                logger.exception("%s: the watcher failed", self.slug)
                trouble = SourceTrouble("other", f"{type(error).__name__}: {error}")
            if self._down(trouble):
                pause_s = _FIRST_PAUSE_S
            self._stopping.wait(pause_s if trouble.passing else _HOPELESS_PAUSE_S)
            pause_s = min(_LONGEST_PAUSE_S, 2 * pause_s)

    def _visit(self) -> None:
        """Connects and follows, until told to leave. Raises SourceTrouble."""
        with connect(self._config, BUDGET if self._discovered else None) as source, suppress(_Leave):
            visit = _Visit(self, source)
            try:
                visit.follow()
            finally:
                visit.close()

    def _down(self, trouble: SourceTrouble) -> bool:
        """Contact is lost; returns whether that is new. If it lasts, an event reports it."""
        now_ms = monotonic_ms()
        new = self._down_since_ms is None
        if self._down_since_ms is None:
            self._down_since_ms = now_ms
        if self._standing.enter("down", trouble):
            logger.warning("%s: %s", self.slug, shown(trouble.text.encode(errors="replace")))
        self._news()
        if not self._lost and (now_ms - self._down_since_ms >= _LOST_AFTER_MS or not trouble.passing):
            self._lost = True
            self._events.lost(trouble)
        return new

    def _up(self) -> None:
        """The source answers."""
        self._standing.enter("watching" if self._discovered else "discovering")
        if self._down_since_ms is not None:
            logger.warning("%s: it answers again", self.slug)
        if self._lost or not self._discovered:
            self._events.back()
        self._down_since_ms, self._lost = None, False


class _Visit:
    """One connection to the source, from its first command to its trouble."""

    def __init__(self, watch: SourceWatch, source: Source) -> None:
        self._watch = watch
        self._source = source
        self._ledger = watch.ledger
        self._standing = watch._standing
        self._inbox = watch._inbox
        self._looking = Looking(source, watch.ledger, watch._is_ours)
        self._way: Way = "scanning"
        self._ear: Ear | None = None
        self._sweep: Sweep | None = None
        self._sweep_at_ms = 0.0
        self._tick_at_ms = 0.0
        self._ticks = 0
        self._sweep_again = False

    def follow(self) -> None:
        """Follows until told to leave, which raises _Leave. Raises SourceTrouble."""
        self._inbox.clear()
        can = self._source.capabilities()
        self._ear, self._way = listen(self._source, can, self._inbox)
        self._standing.learn(can, self._way)
        self._watch._up()
        self._looking.first = not self._watch._discovered
        # Whatever happened while nobody listened is unknown, as it is when only scanning.
        self._looking.look(self._ledger.held_keys(), self._source.facts, told=False)
        self._looking.way = self._way
        self._begin_sweep()
        while True:
            if self._watch._stopping.is_set() or self._watch._paused.is_set():
                raise _Leave
            self._turn(self._inbox.take(self._wait_s()))

    def close(self) -> None:
        """Ends its threads."""
        if self._sweep is not None:
            self._sweep.cancel()
        if self._ear is not None:
            self._ear.close()

    def _wait_s(self) -> float:
        moments = [self._tick_at_ms, self._ledger.next_ms(), self._looking.next_ms()]
        if self._sweep is None:
            moments.append(self._sweep_at_ms)
        return max(0.0, min(moment for moment in moments if moment is not None) - monotonic_ms()) / 1000

    def _turn(self, mail: Mail) -> None:
        if self._ear is not None and self._ear.trouble is not None:
            raise self._ear.trouble
        if mail.flushed:
            self._flushed()
        self._looking.told(mail.words)
        self._looking.probe()
        self._looking.put_off()
        for batch in mail.batches:
            self._looking.found(batch)
        if mail.overflowed:
            self._standing.throttle()
            self._sweep_again = True
        self._follow_sweep()
        if monotonic_ms() >= self._tick_at_ms:
            self._tick()
        self._ledger.step()
        for told in self._ledger.take_told():
            self._watch._events.alert(told)
        if self._ledger.has_news():
            self._watch._news()

    def _flushed(self) -> None:
        """The server lost its keys, or most of them."""
        self._looking.look(self._ledger.held_keys(), self._source.facts, told=False, flushed=True)
        self._sweep_again = True

    # --- sweeps

    def _begin_sweep(self) -> None:
        self._sweep_again = False
        self._looking.sweep_begins()
        self._sweep = Sweep(self._source, self._inbox, self._standing.progress)

    def _follow_sweep(self) -> None:
        """Begins one when it is time, and ends one that is complete."""
        sweep = self._sweep
        if sweep is None:
            if self._sweep_again or monotonic_ms() >= self._sweep_at_ms:
                self._look_at_ways()
                self._begin_sweep()
            return
        if not sweep.over or self._inbox.has_batches():
            return
        self._sweep = None
        if sweep.trouble is not None:
            raise sweep.trouble
        self._looking.sweep_ended(sweep.found)
        took_ms = monotonic_ms() - sweep.began_ms
        # Rest at least as long as it took: on a large server, a search within the budget takes a minute.
        self._sweep_at_ms = monotonic_ms() + max(took_ms, _SCAN_EVERY_MS if self._ear is None else RECONCILE_EVERY_MS)
        self._standing.reconciled(took_ms)
        if self._looking.first:
            self._discovered()

    def _discovered(self) -> None:
        self._looking.first = False
        self._watch._discovered = True
        self._source.budget = BUDGET
        self._ledger.everything_seen()
        self._standing.enter("watching")
        self._watch._disown_at_ms = monotonic_ms() + _DISOWNED_AFTER_MS

    def _look_at_ways(self) -> None:
        """Somebody may have turned notifications on or off."""
        can = self._source.capabilities()
        better = can.notifications == "on" and self._way != "notifications"
        worse = can.notifications == "off" and self._way == "notifications"
        self._standing.learn(can, self._way)
        if better or worse:
            raise _Leave

    # --- once a second

    def _tick(self) -> None:
        self._tick_at_ms = monotonic_ms() + _TICK_MS
        self._ticks += 1
        keys = sum(int(line.call("DBSIZE")) for line in self._source.lines())
        held = self._ledger.held_keys()
        self._standing.count(keys, capped=self._ledger.capped or self._source.capped)
        # No notification reports a FLUSHALL; fewer keys than locks are a sign of it.
        if keys < len(held):
            self._flushed()
        elif self._ear is None and len(held) <= _MOST_RELOOKED:
            self._looking.look(held, self._source.facts, told=False)
        self._look_at_connections()
        self._looking.look(self._looking.listened(_MOST_LISTENED), self._source.facts, told=False)
        if self._ticks % _ESTIMATE_EVERY == 1:
            self._source.estimate()
        if self._looking.throttled:
            self._looking.throttled = False
            self._standing.throttle()
        self._standing.bill(self._source)
        if self._watch._disown_at_ms is not None and monotonic_ms() >= self._watch._disown_at_ms:
            self._watch._disown_at_ms = None
            self._ledger.disown()

    def _look_at_connections(self) -> None:
        """Looks at the connections, if they tell about waiters or holders."""
        recognised, new = self._ledger.wants_connections()
        if not (recognised or new or self._looking.blocked()):
            return
        connections = self._source.connections(0.0 if recognised or self._looking.blocked() else 10.0)
        if connections is None:  # not allowed: later newcomers are not looked for either
            self._ledger.forget_new()
            self._looking.forget_blocked()
            return
        self._looking.infer(connections)
        self._ledger.see_connections(connections)
