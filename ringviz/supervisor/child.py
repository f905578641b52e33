"""A helper process of a cluster: runs while it is wanted, and is restarted if it dies."""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from fleet.hands import Hands
from fleet.pace import Pace
from fleet.process import Child, start

logger = logging.getLogger(__name__)


class CompanionChild:
    """`manage.py <command>` as a leashed child."""

    def __init__(self, command: tuple[str, ...], hands: Hands, on_end: Callable[[], None]) -> None:
        self._command = command
        self._hands = hands
        self._on_end = on_end
        self._child: Child | None = None
        self._pace = Pace(starts_a_minute=20, first_pause_s=0.5, longest_pause_s=10, deaths=3, within_s=60)

    def follow(self, *, wanted: bool) -> None:
        """Starts it or ends it."""
        if not wanted:
            self.end()
        elif self._child is None and self._pace.may_start(time.monotonic()):
            self._start()

    def end(self) -> None:
        """Ends it, if it runs."""
        if self._child is not None:
            self._child.signal(signal.SIGTERM)

    def _start(self) -> None:
        self._pace.started(time.monotonic())
        argv = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *self._command]
        name = " ".join(self._command)
        try:
            self._child = self._hands.start(lambda: start(name, argv), self._ended)
        except OSError as error:
            logger.error("%s could not be started: %s", name, error)

    def _ended(self, _child: Child) -> None:
        self._child = None
        self._pace.died(time.monotonic())
        self._on_end()
