"""`manage.py balance drive SLUG`: sends the configured requests until it is stopped."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from balancer.driving.following import Following
from live.door import refusals_told
from live.driven import run_until_told


def add_arguments(parser: ArgumentParser) -> None:
    """The cluster. Everything else is stored with the cluster, and the driver follows changes."""
    parser.add_argument("slug", metavar=_("SLUG"), help=_("the cluster's address"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Runs until SIGTERM or SIGINT. Raises CommandError if the cluster does not exist."""
    with refusals_told():
        run_until_told(Following(options["slug"]).run())
