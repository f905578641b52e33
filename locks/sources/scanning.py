"""Searches a whole keyspace, one server at a time, in steps too small for anybody there to notice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from locks.sources.lines import Line
from locks.sources.running import Running
from locks.sources.scripts import Scripts

_COUNT = 250
_COUNT_OF_OTHERS = 1_000
"""COUNT for a type that is rare here: skipping a key of another type costs a tenth of examining one."""
_MOST_ANSWER = 3  # parts of the answer: records, then cursor and count


@dataclass(frozen=True)
class Progress:
    """The progress of a search. `scanned` of `keys` were visited; `found` may be locks."""

    scanned: int
    keys: int
    found: int

    @classmethod
    def of(cls, scans: Sequence[Scan], found: int) -> Progress:
        """The progress over all servers of a source."""
        return cls(sum(scan.scanned for scan in scans), sum(scan.keys for scan in scans), found)

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(1.0, self.scanned / self.keys) if self.keys else 1.0


class Scan:
    """The search of one server: one SCAN for each type of key that a lock can have.

    The newest step was read between the times in `between_s`, by this machine's monotonic clock.
    """

    def __init__(self, line: Line, made: Scripts, budget: float | None, cancelled: threading.Event) -> None:
        self.line = line
        self.keys = 0
        self.between_s = (0.0, 0.0)
        self._made = made
        self._budget = budget
        self._cancelled = cancelled
        self._stepped = 0
        self._over = False

    def begin(self) -> None:
        """Asks how many keys there are. Raises SourceTrouble."""
        self.keys = int(self.line.call("DBSIZE"))

    @property
    def scanned(self) -> int:
        """Roughly how many keys were visited: SCAN does not say."""
        return self.keys if self._over else min(self.keys, self._stepped // max(1, len(self._made.types)))

    def steps(self) -> Iterator[bytes]:
        """The records of each step, until all is seen or it is cancelled. Raises SourceTrouble.

        Without a budget, the server works on while a step is parsed.
        """
        cursors = dict.fromkeys(self._made.types, b"0")
        counts = dict.fromkeys(self._made.types, _COUNT)

        def ask() -> None:
            running.send(tuple(word for kind, cursor in cursors.items() for word in (kind, cursor, counts[kind])))

        with Running(self.line, self._made.scan) as running:
            begun = asked = time.monotonic()
            ask()
            while not self._cancelled.is_set():
                records, *told = running.answer()
                self.between_s = (asked, time.monotonic())
                for kind, cursor, matched in zip(list(cursors), told[::2], told[1::2], strict=True):
                    self._stepped += counts[kind]
                    counts[kind] = _COUNT if matched * 4 > counts[kind] else _COUNT_OF_OTHERS
                    cursors[kind] = cursor
                    if cursor == b"0":
                        del cursors[kind]
                if not cursors:
                    self._over = True
                elif not self._budget:
                    asked = time.monotonic()
                    ask()
                yield records
                if not cursors:
                    return
                if self._budget:
                    if self._cancelled.wait((time.monotonic() - begun) * (1 / self._budget - 1)):
                        return
                    begun = asked = time.monotonic()
                    ask()
