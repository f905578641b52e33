"""`manage.py locks break KEY --reason TEXT`: breaks one lock without asking its holder."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _

from live.actors import command_line_actor
from live.door import refusals_told
from live.inert import shown
from live.subjects import event_words
from locks.cli.chosen import TYPED, add_source_arguments, chosen
from locks.core.reading import Reading
from locks.core.rows import text_of
from locks.core.sourcelist import SourceConfig
from locks.services.breaking import Wish, break_reading, break_unrecorded, breakable, held_at
from locks.services.sources import ensure_sources
from locks.wording import holder_text

_MOST_LISTED = 5


def add_arguments(parser: ArgumentParser) -> None:
    """Which lock, and why."""
    parser.add_argument(
        "key", metavar=_("KEY"), help=_("the key that holds the lock, as `locks list --json` prints it")
    )
    parser.add_argument(
        "--reason", required=True, metavar=_("TEXT"), help=_("the reason; it is recorded with your name")
    )
    parser.add_argument("--holder", metavar=_("ID"), help=_("the holder_id, if several hold the key"))
    add_source_arguments(parser)
    parser.add_argument("--json", action="store_true", help=_("one JSON object"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Looks up the holder, breaks exactly that hold, and records it in the stream of the source.

    A server given by --redis or --redis-env has no stream here: nothing is recorded, and the output says so.
    """
    config = chosen(options)
    wish = Wish(command_line_actor(), options["reason"])
    with refusals_told():
        if config.slug == TYPED:
            # Whoever has the address may do with it whatever the server allows.
            answer, text = _unrecorded(replace(config, break_url=config.url), options, wish)
        else:
            answer, text = _recorded(config, options, wish)
    out.write((json.dumps(answer) if options["json"] else text) + "\n")


def _recorded(config: SourceConfig, options: dict[str, Any], wish: Wish) -> tuple[dict[str, Any], str]:
    source = next(one for one in ensure_sources() if one.slug == config.slug)
    config = breakable(source)
    event = break_reading(source, config, _one(config, options), wish)
    told = {"source": config.name, "version": event.version, "recorded": True, **event.payload}
    return told, f"{shown(config.name.encode())}: {event_words(event.kind, event.payload).text}"


def _unrecorded(config: SourceConfig, options: dict[str, Any], wish: Wish) -> tuple[dict[str, Any], str]:
    reading = _one(config, options)
    done = break_unrecorded(config, reading, wish)
    about = {"key": text_of(reading.key), "name": text_of(reading.name), "holder": _holder(reading)}
    told = {"source": config.name, "version": None, "recorded": False, **about, "woken": done.woken, "how": done.how}
    text = _("%(key)s broken, held by %(holder)s; not recorded: LOCK_SOURCES does not name this server")
    return told, text % {"key": shown(reading.key), "holder": holder_text(_holder(reading))}


def _one(config: SourceConfig, options: dict[str, Any]) -> Reading:
    """The hold to break. Raises CommandError."""
    key, holder = os.fsencode(options["key"]), options["holder"]
    found = held_at(config, key)
    if holder is not None:
        found = [one for one in found if one.holder_id == os.fsencode(holder)]
    if not found:
        text = _("No such lock in %(key)s. List keys and holders with: manage.py locks list --json")
        raise CommandError(text % {"key": shown(key)})
    if len(found) > 1:
        text = _("%(key)s has %(n)d holders; choose one with --holder: %(holders)s")
        raise CommandError(text % {"n": len(found), "key": shown(key), "holders": _listed(found)})
    return found[0]


def _listed(found: Sequence[Reading]) -> str:
    names = [shown(one.holder_id or b"") for one in found[:_MOST_LISTED]]
    return ", ".join([*names, *(["..."] if len(found) > _MOST_LISTED else [])])


def _holder(reading: Reading) -> Any:
    return None if reading.holder_id is None else text_of(reading.holder_id)
