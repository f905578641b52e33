"""Pulsing servers: one thread stops and continues them for short times on an absolute schedule.

A server's stops begin at `begun + n * every`, however long earlier stops took, so lateness never adds up. A stop that
begins late still ends on time. After a stop that ended late, the server first runs for half of its share. Nothing stays
stopped: ending a pulse continues the server in the same call, and no stop begins without the lease. A supervisor that
is killed takes its stopped servers with it (fleet/leash.py).
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

KEPT_S = 2.0  # how long a stop is remembered; longer than a round of pings
_LEAST_RUN = 0.5  # of its running share of a period, between two stops


@dataclass
class _Stop:
    """A time span in which a server was stopped, on the monotonic clock. Until it has ended, `ended` is the planned
    end.
    """

    begun: float
    ended: float


@dataclass
class _Pulsing:
    """A server that has pulsed since `begun`. Its next stop is that of `period`. `stop` is the current one."""

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
        """When the stop of `period` should begin."""
        return self.begun + self.period * self.every_s

    @property
    def next_at(self) -> float:
        """When the next action is due."""
        return self.due if self.stop is None else self.stop.ended

    def freeze(self, now: float) -> None:
        """Begins the stop of this period."""
        self.stop = _Stop(now, self.due + self.for_s)
        self.stops.append(self.stop)
        self.server.child.freeze()

    def thaw(self, now: float) -> None:
        """Ends the current stop, if there is one."""
        if self.stop is None:
            return
        self.server.child.thaw()
        self.ran_since = now
        self.stop.ended = min(now, self.stop.ended + MOST_LATE_S)
        self.stop = None

    def step(self, now: float, *, may_stop: Callable[[], bool]) -> None:
        """Does what is due. Skips a stop whose time is over or that would leave no time to run."""
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
    """The pulsing thread. `leads` says whether we lead now. Thread-safe."""

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
        """Continues every server and stops pulsing."""
        with self._changed:
            self._ending = True
            for key in list(self._pulsing):
                self._end(key)
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(timeout=3)

    def follow(self, cluster_id: int, wanted: Mapping[int, tuple[Server, Pulse]]) -> None:
        """Sets which primaries of a cluster pulse, by node number."""
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
        """Continues a node's server. It does not pulse until it is followed again."""
        with self._changed:
            self._end((cluster_id, number, "primary"))

    def stopped_s(self, key: ServerKey, since: float) -> float:
        """For how many seconds since then, on the monotonic clock, a server was stopped here.

        A stop counts for at most MOST_LATE_S longer than planned. Longer silence is the server's own.
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
        """Does everything that is due. Returns the seconds until the next action, None if nothing pulses."""
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
    """Whether it runs and is not being ended."""
    return server.is_running and not server.expected
