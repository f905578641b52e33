"""`manage.py workload SLUG`: the clients of one managed cluster, until told to end."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from live.driven import run_until_told
from ringviz.bounds import LEAST_RATE, MAX_RATE
from ringviz.core.state import FIRST_WORKLOAD, Workload
from ringviz.errors import NotFound
from ringviz.workload.following import Following
from servers.client.popularity import DISTRIBUTIONS


class Command(BaseCommand):
    """Without options it follows the cluster's own settings as they change."""

    help = _("Read and write the keys of a managed cluster as its clients would.")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The cluster, and replacements for its own settings."""
        parser.add_argument("slug", help=_("the cluster's name in the address of its page"))
        parser.add_argument("--rate", type=int, help=_("operations per second; replaces the cluster's own settings"))
        parser.add_argument("--distribution", choices=DISTRIBUTIONS, default=DISTRIBUTIONS[0], help=_("with --rate"))
        parser.add_argument(
            "--reads", type=float, default=FIRST_WORKLOAD["reads"], help=_("share of reads, 0 to 1; with --rate")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until SIGTERM or SIGINT."""
        following = Following(options["slug"], _override(options))
        try:
            run_until_told(following.run())
        except NotFound as error:
            raise CommandError(str(error)) from None


def _override(options: dict[str, Any]) -> Workload | None:
    rate, reads = options["rate"], options["reads"]
    if rate is None:
        return None
    if not LEAST_RATE <= rate <= MAX_RATE:
        raise CommandError(_("The rate must be between %(low)d and %(high)d.") % {"low": LEAST_RATE, "high": MAX_RATE})
    if not 0 <= reads <= 1:
        raise CommandError(_("The share of reads must be between 0 and 1."))
    return Workload(on=True, rate=rate, distribution=options["distribution"], reads=reads)
