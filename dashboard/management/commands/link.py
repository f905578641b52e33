"""`manage.py link` (make link): another sign-in link of the running demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from dashboard.demo import prepare
from dashboard.demo.running import DemoFolder


class Command(BaseCommand):
    """Prints one line: the link."""

    help = "Print another sign-in link for the running demo. It works once, within 24 hours."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the link, or says that no demo is running."""
        running = DemoFolder(settings.DATA_DIR).running()
        if running is None:
            raise CommandError(_("no demo is running in this folder. Start it with: make run"))
        self.stdout.write(prepare.link(running.url))
