"""`manage.py ring attach SLUG ADDRESS` and `ring detach SLUG`: shows somebody else's cluster, read-only."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.actors import command_line_actor
from live.door import refusals_told
from live.wording import grouped
from ringviz.bounds import MAX_PASSWORD
from ringviz.services.external import attach, detach

ATTACH = "attach"


def add_arguments(parser: ArgumentParser) -> None:
    """Its name and its address."""
    parser.add_argument("slug", metavar=_("SLUG"), help=_("the name in the address of its page here"))
    if parser.get_default("subcommand") == ATTACH:
        parser.add_argument("address", metavar=_("ADDRESS"), help=_("host:port of any of its members"))
        parser.add_argument("--name", default="", help=_("its name on the page"))
        parser.add_argument("--username", default="", help=_("the user name on its servers"))
        parser.add_argument("--password-stdin", action="store_true", help=_("read the password from standard input"))
    parser.add_argument("--json", action="store_true", help=_("one JSON object"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Attaches or detaches, and reports it in one line.

    With --json `{"cluster", "version", "kind", "nodes"}`, or `{"cluster"}`.
    """
    slug = options["slug"]
    if options["subcommand"] != ATTACH:
        with refusals_told():
            detach(slug=slug, actor=command_line_actor())
        line = _("%(cluster)s: detached. The cluster itself was not changed.") % {"cluster": slug}
        out.write((json.dumps({"cluster": slug}) if options["json"] else line) + "\n")
        return
    password = _password() if options["password_stdin"] else ""
    given = {name: options[name] for name in ("slug", "address", "name", "username")}
    with refusals_told():
        event = attach(actor=command_line_actor(), password=password, **given)
    count = len(event.payload["nodes"])
    answer = {"cluster": slug, "version": event.version, "kind": event.kind, "nodes": count}
    text = ngettext(
        "%(cluster)s: attached read-only, %(count)s node", "%(cluster)s: attached read-only, %(count)s nodes", count
    )
    line = text % {"cluster": slug, "count": grouped(count)}
    out.write((json.dumps(answer) if options["json"] else line) + "\n")


def _password() -> str:
    """The first line of standard input, because everybody on the machine can read an argument. Raises CommandError."""
    try:
        line = sys.stdin.readline(MAX_PASSWORD + 2)
    except UnicodeDecodeError as error:
        raise CommandError(_("the password on standard input is not valid UTF-8")) from error
    password = line.removesuffix("\n").removesuffix("\r")
    if not password:
        raise CommandError(_("there is no password on standard input"))
    return password
