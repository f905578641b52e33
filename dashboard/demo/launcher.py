"""What the demo was started by and on: make, and a terminal. When one of them goes, nobody is left to end the demo.

The signals mostly say so, but not always: a make that is killed says nothing, and one that leads the session of a
closed terminal (`xterm -e make run`) keeps the hang-up to itself and waits for us.
"""

import os
import select
import signal

GONE = select.POLLHUP | select.POLLERR


class Launcher:
    """Watches both. Made before the signals are taken over: what nohup started is to survive its terminal."""

    def __init__(self) -> None:
        self._make = os.getppid() if "MAKELEVEL" in os.environ else None
        survives = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        self._terminal = None if survives else next((fd for fd in (0, 1, 2) if os.isatty(fd)), None)

    def register(self, poller: "select.poll") -> None:
        """Let a poll return when the terminal goes."""
        if self._terminal is not None:
            poller.register(self._terminal, 0)

    def is_gone(self) -> bool:
        """Whether make or the terminal went away."""
        return self._make_is_gone() or self._terminal_is_gone()

    def _make_is_gone(self) -> bool:
        return self._make is not None and os.getppid() != self._make

    def _terminal_is_gone(self) -> bool:
        if self._terminal is None:
            return False
        poller = select.poll()
        poller.register(self._terminal, 0)
        seen = dict(poller.poll(0)).get(self._terminal, 0)
        if seen & select.POLLNVAL:  # a system that cannot poll terminals would wake us for ever
            self._terminal = None
        return bool(seen & GONE)
