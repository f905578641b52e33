"""Searches the whole keyspace of a source, in its own thread and in small steps: at the start, and repeatedly."""

from __future__ import annotations

import threading
from collections.abc import Callable

from locks.sources import Progress, Source, SourceTrouble
from locks.watcher.clock import moment, monotonic_ms
from locks.watcher.inbox import Batch, Inbox


class Sweep:
    """One search. It puts what it finds into the inbox; `found` are the keys. When it is `over`, everything was
    searched or there was `trouble`.
    """

    def __init__(self, source: Source, inbox: Inbox, on_progress: Callable[[Progress], object]) -> None:
        self.began_ms = monotonic_ms()
        self.found: set[bytes] = set()
        self.trouble: SourceTrouble | None = None
        self._source = source
        self._inbox = inbox
        self._on_progress = on_progress
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether its thread has ended. Everything it found is then in the inbox."""
        return not self._thread.is_alive()

    def cancel(self) -> None:
        """Ends it after the current step."""
        self._cancelled.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            for seen in self._source.discover(self._on_progress, self._cancelled):
                self.found.update(one.key for one in seen)
                begun_s, ended_s = self._source.between_s
                self._inbox.find(Batch(seen, *moment(begun_s * 1000, ended_s * 1000)))
        except SourceTrouble as trouble:
            self.trouble = trouble
        except Exception as error:  # noqa: BLE001  the next sweep may succeed; nobody must wait for this one
            self.trouble = SourceTrouble("other", f"{type(error).__name__}: {error}")
        finally:
            self._inbox.wake()
