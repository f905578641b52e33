"""`manage.py locks list`: every lock on a server, whichever client made it."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.columns import columns
from live.inert import shown
from live.wording import grouped, number
from locks.cli.chosen import add_source_arguments, chosen
from locks.core.listed import in_order, listed
from locks.core.reading import Reading
from locks.core.sourcelist import SourceConfig
from locks.sources import SourceTrouble, connect

_TEXT_COLUMNS = 4  # left-aligned; the numbers after them are right-aligned
_MOST_CELL = 60
_UNITS = ((86_400, _("d")), (3_600, _("h")), (60, _("min")))


def add_arguments(parser: ArgumentParser) -> None:
    """The options."""
    add_source_arguments(parser)
    parser.add_argument("--json", action="store_true", help=_("one JSON array"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes a table, or with --json an array of `locks.core.listed.Listed`. Only reads, and needs no database."""
    config = chosen(options)
    try:
        with connect(config) as source:
            readings = in_order(source.all())
            capped = source.capped
    except SourceTrouble as trouble:
        raise CommandError(trouble.text) from None
    if capped:
        sys.stderr.write(_("There are more. Only %(most)s are listed.") % {"most": grouped(len(readings))} + "\n")
    if options["json"]:
        out.write(json.dumps([listed(one) for one in readings]) + "\n")  # ASCII: inert on a terminal too
        return
    out.write("".join(f"{line}\n" for line in _lines(config, readings)))


def _lines(config: SourceConfig, readings: Sequence[Reading]) -> Iterator[str]:
    yield _summary(config, readings)
    if not readings:
        return
    head = [_("LOCK"), _("CLIENT"), _("KIND"), _("HOLDER"), _("LEFT"), _("COUNT"), _("WAITERS")]
    yield from columns([head, *map(_row, readings)], _TEXT_COLUMNS)


def _summary(config: SourceConfig, readings: Sequence[Reading]) -> str:
    locks = len({one.key + b"\0" + one.name for one in readings})
    endless = sum(one.ttl_ms is None for one in readings)
    unsure = sum(one.confidence == "possible" for one in readings)
    text = ngettext("%(source)s: %(n)s lock", "%(source)s: %(n)s locks", locks)
    parts = [text % {"source": shown(config.name.encode()), "n": grouped(locks)}]
    if len(readings) > locks:
        parts.append(_("%(n)s holders") % {"n": grouped(len(readings))})
    if endless:
        parts.append(_("%(n)s without a TTL") % {"n": grouped(endless)})
    if unsure:
        parts.append(_("%(n)s only possible") % {"n": grouped(unsure)})
    return ", ".join(parts)


def _row(one: Reading) -> list[str]:
    return [
        _cut(shown(one.name)),
        one.client if one.confidence == "certain" else f"{one.client} ({one.confidence})",
        f"{one.kind} {one.mode}".strip(),
        _("unknown") if one.holder_id is None else _cut(shown(one.holder_id)),
        _("no TTL") if one.ttl_ms is None else _time(one.ttl_ms),
        grouped(one.count),
        _waiters(one),
    ]


def _waiters(one: Reading) -> str:
    if one.waiters is None:
        return _("unknown")
    return f"{grouped(one.waiters)} ({_('inferred')})" if one.waiters_inferred else grouped(one.waiters)


def _time(left_ms: int) -> str:
    seconds = left_ms / 1000
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{number(seconds / size, 1)} {unit}"
    return _("%(n)s s") % {"n": number(seconds, 1)}


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CELL else text[: _MOST_CELL - 1] + "…"
