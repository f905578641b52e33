"""The process of a cluster's clients (ringviz.workload): runs while the log says that they are on."""

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
from ringviz.core.state import Workload

logger = logging.getLogger(__name__)


class TrafficChild:
    """`manage.py workload <slug>` as a leashed child."""

    def __init__(self, slug: str, hands: Hands, on_end: Callable[[], None]) -> None:
        self._slug = slug
        self._hands = hands
        self._on_end = on_end
        self._child: Child | None = None
        self._pace = Pace(starts_a_minute=20, first_pause_s=0.5, longest_pause_s=10, deaths=3, within_s=60)

    def follow(self, workload: Workload | None) -> None:
        """Starts it or ends it, as the log says."""
        wanted = workload is not None and workload["on"]
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
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "workload", self._slug]
        try:
            self._child = self._hands.start(lambda: start(f"workload {self._slug}", command), self._ended)
        except OSError as error:
            logger.error("The clients of %s could not be started: %s", self._slug, error)

    def _ended(self, _child: Child) -> None:
        self._child = None
        self._pace.died(time.monotonic())
        self._on_end()
