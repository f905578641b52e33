"""Keeps the programs of a demo running, and ends them in order.

A hint server that dies is always restarted: the pages work without it. A web process that dies is restarted too, and
its socket keeps the connections waiting meanwhile; but three deaths within a minute end the demo. Pauses between starts
double from half a second to ten seconds.
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
STARTS_A_MINUTE = 60  # never reached with these pauses
LOOK_EVERY_S = 1.0  # to notice a killed launcher, and dead children on systems without pidfd


def _pace() -> Pace:
    return Pace(STARTS_A_MINUTE, FIRST_PAUSE_S, LONGEST_PAUSE_S, DEATHS, WITHIN_S)


@dataclass
class Kept:
    """A program that should run. `essential`: the demo ends if it cannot be kept running."""

    name: str
    starter: Callable[[], Child]
    grace_s: float
    essential: bool
    child: Child | None = None
    start_at: float | None = None  # when to start it again, in time.monotonic()
    pace: Pace = field(default_factory=_pace)

    def start(self) -> Child:
        """Starts it now."""
        self.start_at = None
        self.pace.started(time.monotonic())
        self.child = self.starter()
        return self.child

    def bury(self, now: float) -> None:
        """Notes a death, and schedules the next start."""
        self.pace.died(now)
        self.child = None
        self.start_at = self.pace.next_start(now)


class DemoKeeper:
    """The programs of one demo, in starting order."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._kept: list[Kept] = []
        self._launcher = Launcher()

    def add(self, name: str, starter: Callable[[], Child], *, grace_s: float, essential: bool = False) -> Child:
        """Starts a program and keeps it running."""
        kept = Kept(name, starter, grace_s, essential)
        self._kept.append(kept)
        return kept.start()

    def look_after(self, stopping: Callable[[], bool]) -> bool:
        """Watches until told to stop or abandoned (True), or until an essential program keeps dying (False)."""
        while not stopping() and not self._launcher.is_gone():
            self._wait()
            standing = [self._check(kept) for kept in self._kept]
            if not all(standing):
                return False
        return True

    def end(self) -> None:
        """Ends all of them, the last started first, each within its grace period."""
        for kept in reversed(self._kept):
            if kept.child is not None:
                kept.child.end(kept.grace_s)

    def kill(self) -> None:
        """Kills all of them at once. Safe to call from a signal handler while `end` waits."""
        for kept in self._kept:
            if kept.child is not None:
                kept.child.signal(signal.SIGKILL)

    def _wait(self) -> None:
        """Waits until a child ends, a start is due, or it is time to look again."""
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
        """Starts it if it is due, cleans up if it died; False if the demo must end."""
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
        self._console.line(_("%(name)s ended (status %(status)s). Restarting it.") % values)
        return True
