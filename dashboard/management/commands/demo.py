"""`manage.py demo` (make run): the whole product on this machine, from one command."""

import os
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from dashboard.demo import prepare
from dashboard.demo.address import read_host
from dashboard.demo.console import Console
from dashboard.demo.run import Demo
from dashboard.demo.running import DemoFolder, Running
from live.prerequisites import check_hint_server

LOOK_EVERY_S = 0.2
STARTING_S = 120.0


class Command(BaseCommand):
    """Starts the demo of the data folder, or points to the one that is running."""

    help = "Start the demo: notifications, database, clusters and web. Prints a sign-in link. Address: PORT=, HOST=."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The address; otherwise from the environment."""
        parser.add_argument("--port", type=int, default=settings.PORT, help="port of the page (0: any free port)")
        parser.add_argument(
            "--host", default=os.environ.get("HOST", ""), help="IP address to listen on (default: 127.0.0.1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until told to stop; ends the process with the demo's status."""
        check_hint_server()
        console = Console(sys.stdout)
        folder = DemoFolder(settings.DATA_DIR)
        running = _running_or_lock(folder)
        if running is not None:
            console.line(_("The demo of this folder is already running at %(url)s") % {"url": running.url})
            console.line(_("This link signs you in, once:"))
            console.line(f"\n  {prepare.link(running.url)}\n")
            return
        sys.exit(Demo(folder, read_host(options["host"]), options["port"], console).run())


def _running_or_lock(folder: DemoFolder) -> Running | None:
    """The demo that runs here; or None, and its lock is ours. Waits for one that is just starting or ending."""
    deadline = time.monotonic() + STARTING_S
    while not folder.lock.acquire():
        if (running := folder.running()) is not None:
            return running
        if time.monotonic() > deadline:
            sys.exit(
                _("error: another demo has been starting in this folder for %(s)d s. Wait for it, or stop it.")
                % {"s": STARTING_S}
            )
        time.sleep(LOOK_EVERY_S)
    return None
