"""The signals that end a demo: Ctrl-C, terminate, hang-up."""

import signal
from collections.abc import Callable
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """The demo was told to end. It is not an Exception, so that no error handling can swallow it."""


class Stopping:
    """The first signal raises Stopped in the main thread, whatever it is doing; every later one calls `hurry`."""

    def __init__(self, hurry: Callable[[], None]) -> None:
        self.begun = False
        self._hurry = hurry

    def install(self) -> None:
        """Takes over the signals. A hang-up that is already ignored (nohup) stays ignored.

        An ignored SIGINT (Ctrl-C) does not stay ignored: a shell makes what it starts with `&` ignore it, but whoever
        sends it to the demo means it.
        """
        for number in ENDING:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.begun:
            self._hurry()
            return
        self.begun = True
        raise Stopped
