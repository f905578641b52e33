"""`manage.py balance drive SLUG`: sends the requests that are asked for, until it is told to end."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from balancer.driving.following import Following
from live.door import refusals_told
from live.driven import run_until_told


def add_arguments(parser: ArgumentParser) -> None:
    """The cluster; everything else is its own setting, and followed as it changes."""
    parser.add_argument("slug", metavar=_("SLUG"), help=_("the cluster's address"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Runs until SIGTERM or SIGINT. Raises CommandError where there is no such cluster."""
    with refusals_told():
        run_until_told(Following(options["slug"]).run())
