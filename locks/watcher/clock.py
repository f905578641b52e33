"""The clock for all published times: our own Redis', tracked with this machine's monotonic clock between questions."""

from __future__ import annotations

import threading
import time

from locks.stores.line import FAILURES, StoreGone, line

ASK_EVERY_S = 30.0
LEAST_NOISE_MS = 2.0
_QUESTIONS = 7
_STEP_MS = 5.0


def monotonic_ms() -> float:
    """This machine's monotonic clock, in milliseconds."""
    return time.monotonic() * 1000


def moment(begun_ms: float, ended_ms: float) -> tuple[float, float]:
    """The server's time at an answer asked and received at these times: the middle, and how far off it may be.

    A server counts whole milliseconds, so the time left may be one more than it reports.
    """
    half_ms = (ended_ms - begun_ms) / 2
    return begun_ms + half_ms, max(LEAST_NOISE_MS, half_ms + 1)


class OurClock:
    """`offset_ms` converts from the monotonic clock to our Redis'; it is accurate to `uncertainty_ms` either way."""

    def __init__(self) -> None:
        self.offset_ms = time.time() * 1000 - monotonic_ms()
        self.uncertainty_ms = float("inf")
        self._asked_ms = float("-inf")
        self._asking = threading.Lock()

    def now_ms(self) -> int:
        """Our Redis' time now."""
        return round(monotonic_ms() + self.offset_ms)

    def keep(self) -> None:
        """Asks when it is time to. The offset changes only if it is wrong by more than 5 ms, because published
        deadlines must stay the same. Raises StoreGone.
        """
        with self._asking:
            if monotonic_ms() - self._asked_ms < ASK_EVERY_S * 1000:
                return
            offset_ms, uncertainty_ms = _asked()
            if self.uncertainty_ms == float("inf") or abs(offset_ms - self.offset_ms) > _STEP_MS + uncertainty_ms:
                self.offset_ms = offset_ms
            self.uncertainty_ms = uncertainty_ms
            self._asked_ms = monotonic_ms()


def _asked() -> tuple[float, float]:
    """The offset from the quickest of a few answers."""
    best = (0.0, float("inf"))
    for _ in range(_QUESTIONS):
        begun = monotonic_ms()
        try:
            seconds, micros = line().time()
        except FAILURES as error:
            raise StoreGone(str(error)) from error
        ended = monotonic_ms()
        half_ms = (ended - begun) / 2
        if half_ms < best[1]:
            best = (seconds * 1000 + micros / 1000 - (begun + half_ms), half_ms)
    return best
