"""Checks one node each second on a separate connection. One reply gives its load, its heartbeat and its check.

A node that freezes for part of each second must not fail a check because of that: the longest short freeze ends well
within TIMEOUT_S, and only one check runs at a time. A node that stays silent for longer fails this check and, until it
answers a greeting, each later one at once. Replies count as heartbeats; one may be late by a short freeze
(`HEARTBEATS`). So a node that freezes permanently is suspected after 2.4 s and out after 3 s by its heartbeats, or
after 3 checks, unless the watcher of the servers declares it dead first, after 1.1 s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from balancer.core.guards.discovery import Heartbeats
from balancer.core.guards.health import Checks
from balancer.core.guards.phi import Accrual
from balancer.traffic.clock import clock
from balancer.traffic.load import INFO, Load, Reading, load, reading, restarted
from ringviz.bounds import MAX_PULSE_MS
from servers.address import Address
from servers.client.line import Limits, Line, Outcome
from servers.resp import ErrorReply

EVERY_S: Final = 1.0
TIMEOUT_S: Final = 1.5
MOST_LATE_S: Final = 0.25  # if the driver notices a timeout later than this, the driver itself was late

CHECKS: Final = Checks(every_s=EVERY_S)
HEARTBEATS: Final = Heartbeats(every_s=EVERY_S, accrual=Accrual(pause_s=MAX_PULSE_MS / 1_000))

_LIMITS: Final = Limits(TIMEOUT_S, 4)  # including the connection's greeting


class Probe:
    """The probe of one node. Lives in the running loop until closed. Call `tick` about ten times a second.

    Calls `heard()` for each reply and `checked(ok)` for each conclusive check.
    """

    def __init__(
        self, address: Address, password: str, now: float, heard: Callable[[], None], checked: Callable[[bool], None]
    ) -> None:
        self._line = Line(address, password, _LIMITS)
        self._heard, self._checked = heard, checked
        self._due = now
        self._asked: float | None = None
        self._closed = False
        self._before: Reading | None = None
        self.newest: Reading | None = None

    def tick(self, now: float) -> None:
        """Starts a check once a second."""
        if now < self._due:
            return
        self._due = max(self._due + EVERY_S, now)
        if self._asked is None:
            self._asked = now
            self._line.ask(INFO, self._replied)

    def load(self, now: float, statistic: str) -> Load | None:
        """The load between the last two looks. None if there were none recently."""
        before, newest = self._before, self.newest
        if before is None or newest is None or now - newest.at > HEARTBEATS.ttl_s:
            return None
        return load(before, newest, statistic)

    def close(self) -> None:
        """Stops checking and calling back."""
        self._closed = True
        self._line.close()

    def _replied(self, outcome: Outcome) -> None:
        asked, self._asked, now = self._asked, None, clock()
        if self._closed or asked is None:
            return
        if not isinstance(outcome, bytes):
            if now - asked <= TIMEOUT_S + MOST_LATE_S:
                self._checked(False)
            return
        self._heard()
        self._checked(True)
        if not isinstance(outcome, ErrorReply) and (found := reading(outcome, now)):
            same = self.newest is not None and not restarted(self.newest, found)
            self._before, self.newest = self.newest if same else None, found
