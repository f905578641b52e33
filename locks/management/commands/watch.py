"""`manage.py watch`: the one process that watches the locks of every source."""

from __future__ import annotations

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy as _

from live.prerequisites import check_database, check_hint_server


class Command(BaseCommand):
    """Runs until it is told to end."""

    help = str(_("Watch the locks of every source. One process leads; another waits its turn."))

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Terminate and interrupt end it cleanly. Raises ImproperlyConfigured if it cannot start."""
        check_database()
        check_hint_server()
        from locks.watcher.run import Watcher

        watcher = Watcher()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: watcher.stop())
        sys.exit(watcher.run())
