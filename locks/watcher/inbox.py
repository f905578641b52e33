"""What the ear heard and the sweep found, until the eye takes it; changes of one key are merged."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from locks.core.observed import Observed
from locks.sources.listening import Change

MOST_KEYS = 100_000
"""Keys that wait. Beyond this they are dropped and everything is searched again."""
_MOST_WORDS = 16
_LINGER_S = 0.002


@dataclass(slots=True)
class Batch:
    """Keys that were read together: `at_ms` is halfway through the round trip, at most `noise_ms` off."""

    seen: list[Observed]
    at_ms: float
    noise_ms: float


@dataclass(slots=True)
class Mail:
    """Everything that arrived. `words` are the notifications per key, oldest first. `flushed`: all may have changed."""

    words: dict[bytes, list[str]] = field(default_factory=dict)
    batches: deque[Batch] = field(default_factory=deque)
    flushed: bool = False
    overflowed: bool = False


class Inbox:
    """Many threads add to it, and one takes from it."""

    def __init__(self) -> None:
        self._mail = Mail()
        self._some = threading.Condition()
        self._woken = False

    def hear(self, changes: Iterable[Change]) -> None:
        """Adds changes of one connection, in order."""
        with self._some:
            mail = self._mail
            for change in changes:
                if change.key is None:
                    mail.flushed = True
                    continue
                words = mail.words.get(change.key)
                if words is None:
                    if len(mail.words) >= MOST_KEYS:
                        mail.overflowed = True
                        continue
                    words = mail.words[change.key] = []
                if len(words) < _MOST_WORDS:
                    words.append(change.what)
                elif words[-1] != change.what:
                    words[-1] = change.what
            self._some.notify()

    def find(self, batch: Batch) -> None:
        """Adds what a sweep found."""
        with self._some:
            self._mail.batches.append(batch)
            self._some.notify()

    def wake(self) -> None:
        """Wakes the thread that waits."""
        with self._some:
            self._woken = True
            self._some.notify()

    def take(self, timeout_s: float, batches: int = 4) -> Mail:
        """What arrived, as soon as there is something, including what comes within 2 ms of it: taking a lock causes two
        messages. At most this many batches; the others wait their turn.
        """
        with self._some:
            if not self._woken and not self._has_some():
                self._some.wait(timeout_s)
            self._woken = False
            lingers = bool(self._mail.words)
        if lingers:
            time.sleep(_LINGER_S)
        with self._some:
            mail, self._mail = self._mail, Mail()
            for _ in range(len(mail.batches) - batches):
                self._mail.batches.appendleft(mail.batches.pop())
            return mail

    def has_batches(self) -> bool:
        """Whether something that a sweep found is still waiting."""
        with self._some:
            return bool(self._mail.batches)

    def clear(self) -> None:
        """Discards what arrived, because its connection ended."""
        with self._some:
            self._mail = Mail()

    def _has_some(self) -> bool:
        mail = self._mail
        return bool(mail.words or mail.batches or mail.flushed or mail.overflowed)
