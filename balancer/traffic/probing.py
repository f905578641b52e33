"""A look at one node each second, on a connection of its own: its load, its heartbeat and its check in one reply.

A node that is frozen for a part of each second must not fail a check by it: the longest short freeze ends well within
TIMEOUT_S, and only one look is under way at a time. One that is silent for longer fails this check, and each of the
next at once, until it answers a greeting. Heartbeats are the replies; that one comes late by a short freeze is expected
(`HEARTBEATS`). So a node that freezes for good is suspected after 2.4 s and out after 3 s by its heartbeats, or after
3 checks, should the verdict of whoever watches the servers, 1.1 s, not come first.
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
MOST_LATE_S: Final = 0.25  # a driver that notes a time-out later than this was late itself

CHECKS: Final = Checks(every_s=EVERY_S)
HEARTBEATS: Final = Heartbeats(every_s=EVERY_S, accrual=Accrual(pause_s=MAX_PULSE_MS / 1_000))

_LIMITS: Final = Limits(TIMEOUT_S, 4)  # with the line's own greeting


class Probe:
    """One node's. Lives in the running loop, until closed; call `tick` some ten times a second.

    `heard()` is called for each reply, `checked(ok)` for each look that says something.
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
        """Asks, once a second."""
        if now < self._due:
            return
        self._due = max(self._due + EVERY_S, now)
        if self._asked is None:
            self._asked = now
            self._line.ask(INFO, self._replied)

    def load(self, now: float, statistic: str) -> Load | None:
        """Between the last two looks; None where there were none, or none lately."""
        before, newest = self._before, self.newest
        if before is None or newest is None or now - newest.at > HEARTBEATS.ttl_s:
            return None
        return load(before, newest, statistic)

    def close(self) -> None:
        """Asks no more, and says no more."""
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
