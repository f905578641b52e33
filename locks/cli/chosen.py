"""Which source a command uses: a configured one, or a server named on the command line."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from locks.core.sourcelist import EMBEDDED, SourceConfig
from locks.selectors.configs import configs

TYPED = "--redis"  # no entry of LOCK_SOURCES can have this name


def add_source_arguments(parser: ArgumentParser) -> None:
    """--source, --redis, --redis-env: at most one of them. Without any, the command uses our own server."""
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--source", metavar=_("NAME"), help=_("a source in LOCK_SOURCES (default: our own server)"))
    one.add_argument(
        "--redis", metavar=_("URL"), help=_("any server; everybody on this machine can see a password in the URL")
    )
    one.add_argument("--redis-env", metavar=_("VARIABLE"), help=_("the environment variable that holds the address"))


def chosen(options: dict[str, Any]) -> SourceConfig:
    """The source. Raises CommandError."""
    if (url := options["redis"]) is not None:
        return SourceConfig(TYPED, "--redis", url)
    if (variable := options["redis_env"]) is not None:
        if not (url := os.environ.get(variable, "").strip()):
            raise CommandError(_("%(variable)s is not set") % {"variable": ascii(variable)})
        return SourceConfig(TYPED, variable, url)
    known = configs()
    name = EMBEDDED if options["source"] is None else options["source"]
    if name not in known:
        if not known:
            raise CommandError(_("no source is configured; give --redis URL"))
        raise CommandError(
            _("there is no source %(name)s; choose one of: %(known)s")
            % {"name": ascii(name), "known": ", ".join(known)}
        )
    return known[name]
