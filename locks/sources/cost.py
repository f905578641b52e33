"""What watching costs a source: every command sent to it, counted by name."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_WINDOW_S = 10.0


@dataclass(frozen=True)
class Bill:
    """The cost so far. `by_command` counts calls, `calls_s` is the mean of the last ten seconds.

    `waited_us` is how long we waited for answers, travel included: an upper bound of the server's time. `server_us` is
    an estimate: the server's average cost of each command (INFO commandstats, which counts everybody's) times our
    calls; None until requested (`Source.estimate`), or if INFO is not allowed.
    """

    by_command: Mapping[str, int]
    calls: int
    calls_s: float
    sent_bytes: int
    received_bytes: int
    waited_us: int
    server_us: int | None


@dataclass
class Cost:
    """Counts commands. Thread-safe."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _by_command: dict[str, int] = field(default_factory=dict)
    _recent: deque[tuple[float, int]] = field(default_factory=deque)
    _sent: int = 0
    _received: int = 0
    _waited_s: float = 0.0
    _server_us: float | None = None

    def add(self, command: str, sent: int, received: int, waited_s: float) -> None:
        """A command with `sent` bytes of arguments was answered, or failed, after `waited_s`."""
        now = time.monotonic()
        with self._lock:
            self._by_command[command] = self._by_command.get(command, 0) + 1
            self._sent += sent
            self._received += received
            self._waited_s += waited_s
            # Each entry covers a tenth of a second: a search sends thousands of commands.
            if self._recent and now - self._recent[-1][0] < 0.1:
                at, count = self._recent[-1]
                self._recent[-1] = (at, count + 1)
            else:
                self._recent.append((now, 1))
            self._forget(now)

    def received(self, size: int) -> None:
        """Adds unsolicited messages: notifications."""
        with self._lock:
            self._received += size

    def estimated(self, server_us: float) -> None:
        """Adds the server's time that our calls took since the last estimate."""
        with self._lock:
            self._server_us = (self._server_us or 0.0) + server_us

    def calls_of(self) -> dict[str, int]:
        """Calls by command, so far."""
        with self._lock:
            return dict(self._by_command)

    def bill(self) -> Bill:
        """The cost so far."""
        now = time.monotonic()
        with self._lock:
            self._forget(now)
            return Bill(
                dict(self._by_command),
                sum(self._by_command.values()),
                sum(count for _at, count in self._recent) / _WINDOW_S,
                self._sent,
                self._received,
                round(self._waited_s * 1e6),
                None if self._server_us is None else round(self._server_us),
            )

    def _forget(self, now: float) -> None:
        while self._recent and now - self._recent[0][0] > _WINDOW_S:
            self._recent.popleft()


def size_of(words: Iterable[object]) -> int:
    """The approximate size of arguments or an answer, in bytes."""
    total = 0
    for word in words:
        if isinstance(word, bytes | str):
            total += len(word)
        elif isinstance(word, list | tuple):
            total += size_of(word)
        else:
            total += 8
    return total
