"""Keeps the programs of a demo running, and ends them in order.

A hint server that dies is started again, for ever: the pages go on without it. A web process that dies is started again
too, its socket keeps the connections waiting meanwhile; but three deaths within a minute are no accident, and end the
demo. Pauses between starts double from half a second to ten.
"""

import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from dashboard.demo.console import Console
from dashboard.demo.launcher import Launcher
from fleet.pace import Pace
from fleet.process import Child

DEATHS = 3
WITHIN_S = 60.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
STARTS_A_MINUTE = 60  # never reached at such pauses
LOOK_EVERY_S = 1.0  # for a launcher that was killed; and for dead children where the system has no pidfd


def _pace() -> Pace:
    return Pace(STARTS_A_MINUTE, FIRST_PAUSE_S, LONGEST_PAUSE_S, DEATHS, WITHIN_S)


@dataclass
class Kept:
    """A program that should run. `essential`: the demo ends when it cannot be kept up."""

    name: str
    starter: Callable[[], Child]
    grace_s: float
    essential: bool
    child: Child | None = None
    start_at: float | None = None  # of time.monotonic(): when to start it again
    pace: Pace = field(default_factory=_pace)

    def start(self) -> Child:
        """Start it now."""
        self.start_at = None
        self.pace.started(time.monotonic())
        self.child = self.starter()
        return self.child

    def bury(self, now: float) -> None:
        """Note a death, and when the next start is."""
        self.pace.died(now)
        self.child = None
        self.start_at = self.pace.next_start(now)


class DemoKeeper:
    """The programs of one demo, in the order of their start."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._kept: list[Kept] = []
        self._launcher = Launcher()

    def add(self, name: str, starter: Callable[[], Child], *, grace_s: float, essential: bool = False) -> Child:
        """Start a program and keep it running from now on."""
        kept = Kept(name, starter, grace_s, essential)
        self._kept.append(kept)
        return kept.start()

    def look_after(self, stopping: Callable[[], bool]) -> bool:
        """Watch until told to stop or left alone (True), or until an essential program cannot be kept up (False)."""
        while not stopping() and not self._launcher.is_gone():
            self._wait()
            standing = [self._check(kept) for kept in self._kept]
            if not all(standing):
                return False
        return True

    def end(self) -> None:
        """End them all, the last started first, each within its grace."""
        for kept in reversed(self._kept):
            if kept.child is not None:
                kept.child.end(kept.grace_s)

    def kill(self) -> None:
        """Kill them all at once. Safe to call from a signal handler while `end` waits."""
        for kept in self._kept:
            if kept.child is not None:
                kept.child.signal(signal.SIGKILL)

    def _wait(self) -> None:
        """Until a child ends, a start is due, or it is time to look again."""
        now = time.monotonic()
        poller = select.poll()
        self._launcher.register(poller)
        wait_s = LOOK_EVERY_S
        for kept in self._kept:
            if kept.child is not None and kept.child.fileno() >= 0:
                poller.register(kept.child.fileno(), select.POLLIN)
            if kept.start_at is not None:
                wait_s = min(wait_s, max(0.0, kept.start_at - now))
        poller.poll(wait_s * 1000)

    def _check(self, kept: Kept) -> bool:
        """Start it if it is due, bury it if it died; False if the demo must end."""
        now = time.monotonic()
        if kept.child is None:
            if kept.start_at is not None and kept.start_at <= now:
                kept.start()
            return True
        status = kept.child.status
        if status is None:
            return True
        kept.bury(now)
        values = {"name": kept.name, "status": status}
        if kept.essential and kept.pace.is_hopeless(now):
            text = _("%(name)s ended again (status %(status)s): giving up. Its output is above.")
            self._console.line(text % values)
            return False
        self._console.line(_("%(name)s ended (status %(status)s) and is started again.") % values)
        return True
