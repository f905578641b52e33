"""What started the demo, and where: make, and a terminal. If one of them goes, nobody is left to end the demo.

Usually a signal says so, but not always. A make that is killed sends nothing. One that is interrupted alone (not by
Ctrl-C, which reaches us too, but by a program, or by closing the terminal whose session it leads) passes on only
SIGTERM: it stops catching that signal and waits for us, which Linux's /proc shows.
"""

import os
import select
import signal
from pathlib import Path

GONE = select.POLLHUP | select.POLLERR
INTERRUPTIONS = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT)


class Launcher:
    """Watches both. Create it before taking over signals: a demo started by nohup must survive its terminal."""

    def __init__(self) -> None:
        self._make = os.getppid() if "MAKELEVEL" in os.environ else None
        self._caught = caught_signals(self._make)
        survives = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        self._terminal = None if survives else next((fd for fd in (0, 1, 2) if os.isatty(fd)), None)

    def register(self, poller: "select.poll") -> None:
        """Makes a poll return when the terminal goes."""
        if self._terminal is not None:
            poller.register(self._terminal, 0)

    def is_gone(self) -> bool:
        """Whether make or the terminal went away."""
        return self._make_is_gone() or self._make_is_ending() or self._terminal_is_gone()

    def _make_is_gone(self) -> bool:
        return self._make is not None and os.getppid() != self._make

    def _make_is_ending(self) -> bool:
        return bool(self._caught - caught_signals(self._make))

    def _terminal_is_gone(self) -> bool:
        if self._terminal is None:
            return False
        poller = select.poll()
        poller.register(self._terminal, 0)
        seen = dict(poller.poll(0)).get(self._terminal, 0)
        if seen & select.POLLNVAL:  # a system that cannot poll terminals would wake us all the time
            self._terminal = None
        return bool(seen & GONE)


def caught_signals(pid: int | None) -> set[signal.Signals]:
    """Which of INTERRUPTIONS a process has handlers for. Empty if there is no process or no /proc."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return set()
    mask = next((int(line.split()[1], 16) for line in lines if line.startswith("SigCgt:")), 0)
    return {number for number in INTERRUPTIONS if mask >> (number - 1) & 1}
