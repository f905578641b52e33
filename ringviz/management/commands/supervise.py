"""`manage.py supervise`: the one process that starts, freezes, kills and ends the servers of managed clusters."""

from __future__ import annotations

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy as _

from live.prerequisites import check_database, check_hint_server


class Command(BaseCommand):
    """Runs until it is told to end; its servers end with it."""

    help = str(_("Run the servers of managed clusters. One process leads; another waits its turn."))

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Terminate and interrupt end it cleanly. Raises ImproperlyConfigured if it cannot start."""
        check_database()
        check_hint_server()
        from ringviz.supervisor.run import Supervisor

        supervisor = Supervisor()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: supervisor.stop())
        sys.exit(supervisor.run())
