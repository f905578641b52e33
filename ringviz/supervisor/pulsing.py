"""Servers that freeze for a short time again and again: one thread stops and continues them on an absolute schedule.

Stops of a server begin at `begun + n * every`, whatever the stops before took, so that lateness never adds up. A stop
that begins late ends at its time all the same, and one that ended late is followed by no other before the server has
run for half of its share. Nothing stays stopped: whatever ends a pulse continues the server within the same call, and
without the lease no stop begins. A supervisor that is killed takes its stopped servers with it (fleet/leash.py).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ringviz.core.state import Pulse
from ringviz.supervisor.servers import Server
from servers.watching.detector import MOST_LATE_S, ServerKey

logger = logging.getLogger(__name__)

KEPT_S = 2.0  # how long a stop is remembered: longer than a round of pings
_LEAST_RUN = 0.5  # of its share of a period, between two stops


@dataclass
class _Stop:
    """A time in which a server was stopped, on the monotonic clock; `ended` is when it is to end, until it has."""

    begun: float
    ended: float


@dataclass
class _Pulsing:
    """A server that pulses since `begun`; its next stop is that of `period`. `stop` is the one that is on."""

    key: ServerKey
    server: Server
    pulse: Pulse
    begun: float
    stops: deque[_Stop]
    period: int = 0
    stop: _Stop | None = None
    ran_since: float = field(default=float("-inf"))

    @property
    def for_s(self) -> float:
        return self.pulse["for_ms"] / 1_000

    @property
    def every_s(self) -> float:
        return self.pulse["every_ms"] / 1_000

    @property
    def due(self) -> float:
        """When the stop of `period` is to begin."""
        return self.begun + self.period * self.every_s

    @property
    def next_at(self) -> float:
        """When something is to be done."""
        return self.due if self.stop is None else self.stop.ended

    def freeze(self, now: float) -> None:
        """Begins the stop of this period."""
        self.stop = _Stop(now, self.due + self.for_s)
        self.stops.append(self.stop)
        self.server.child.freeze()

    def thaw(self, now: float) -> None:
        """Ends the stop that is on, if there is one."""
        if self.stop is None:
            return
        self.server.child.thaw()
        self.ran_since = now
        self.stop.ended = min(now, self.stop.ended + MOST_LATE_S)
        self.stop = None

    def step(self, now: float, *, may_stop: Callable[[], bool]) -> None:
        """Does what is due. A stop whose time is over, or that would leave no time to run, is left out."""
        if self.next_at > now:
            return
        if self.stop is not None:
            self.thaw(now)
            self.period += 1
            return
        rested = now - self.ran_since >= (self.every_s - self.for_s) * _LEAST_RUN
        if now < self.due + self.for_s and rested and may_stop():
            self.freeze(now)
        else:
            self.period = max(self.period + 1, int((now - self.begun) / self.every_s) + 1)


class Pulses:
    """The thread that pulses; `leads` says whether we lead now. Its methods may be called from any thread."""

    def __init__(self, leads: Callable[[], bool]) -> None:
        self._leads = leads
        self._changed = threading.Condition()
        self._pulsing: dict[ServerKey, _Pulsing] = {}
        self._stops: dict[ServerKey, deque[_Stop]] = {}
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="pulses", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Continues every server, and stops none any more."""
        with self._changed:
            self._ending = True
            for key in list(self._pulsing):
                self._end(key)
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(timeout=3)

    def follow(self, cluster_id: int, wanted: Mapping[int, tuple[Server, Pulse]]) -> None:
        """These primaries of a cluster pulse, by the number of their node, and no others of it."""
        with self._changed:
            if self._ending:
                return
            for key, one in list(self._pulsing.items()):
                if key[0] == cluster_id and wanted.get(key[1]) != (one.server, one.pulse):
                    self._end(key)
            for number, (server, pulse) in wanted.items():
                key = (cluster_id, number, "primary")
                if key not in self._pulsing and _lives(server):
                    stops = self._stops.setdefault(key, deque())
                    self._pulsing[key] = _Pulsing(key, server, pulse, time.monotonic(), stops)
                    self._changed.notify()

    def end(self, cluster_id: int, number: int) -> None:
        """A node's server goes on, and pulses no more until it is followed again."""
        with self._changed:
            self._end((cluster_id, number, "primary"))

    def stopped_s(self, key: ServerKey, since: float) -> float:
        """For how many seconds since then (of the monotonic clock) a server was stopped here.

        A stop counts for MOST_LATE_S longer than it was to last at most: what is silent for longer is silent by itself.
        """
        with self._changed:
            now = time.monotonic()
            counted = 0.0
            for stop in self._stops.get(key, ()):
                is_on = key in self._pulsing and self._pulsing[key].stop is stop
                until = min(now, stop.ended + MOST_LATE_S) if is_on else stop.ended
                counted += max(0.0, until - max(stop.begun, since))
            return counted

    def _end(self, key: ServerKey) -> None:
        if (one := self._pulsing.pop(key, None)) is not None:
            one.thaw(time.monotonic())

    def _run(self) -> None:
        with self._changed:
            while not self._ending:
                try:
                    pause_s = self._step()
                except Exception:
                    logger.exception("A pulse failed")
                    pause_s = MOST_LATE_S
                self._changed.wait(pause_s)

    def _step(self) -> float | None:
        """Everything that is due. Returns the seconds until the next thing is; None where nothing pulses."""
        for key, one in list(self._pulsing.items()):
            now = time.monotonic()
            while one.stops and one.stops[0] is not one.stop and one.stops[0].ended < now - KEPT_S:
                one.stops.popleft()
            if _lives(one.server):
                one.step(now, may_stop=self._leads)
            else:
                self._end(key)
        if not self._pulsing:
            return None
        return max(0.0, min(one.next_at for one in self._pulsing.values()) - time.monotonic())


def _lives(server: Server) -> bool:
    """Whether it runs, and nobody is ending it."""
    return server.is_running and not server.expected
