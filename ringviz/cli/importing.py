"""`manage.py ring import FILE`, or `--pattern P --count N`: replaces the keys of a cluster."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _

from live.actors import command_line_actor
from live.door import refusals_told
from live.models import Event
from ringviz.cli.clusters import add_cluster_arguments, chosen, write_event
from ringviz.cli.keyfiles import KEYS_HELP, add_binary_argument, label_of, opened, tell_converted
from ringviz.cli.waiting import add_wait_argument, outcome_of
from ringviz.models import Cluster
from ringviz.services.clusters import use_keys
from ringviz.services.keys import Note, file_key_set, pattern_key_set
from ringviz.stores.keysets import Progress, index_of

_CLEAR_LINE = "\r\x1b[K"


def add_arguments(parser: ArgumentParser) -> None:
    """A file or a pattern, and the cluster."""
    parser.add_argument("file", nargs="?", metavar=_("FILE"), help=str(KEYS_HELP))
    add_binary_argument(parser)
    parser.add_argument("--pattern", metavar="P", help=_("make keys from this pattern instead, such as user:{n}"))
    parser.add_argument("--count", type=int, metavar="N", help=_("number of keys made from the pattern"))
    add_cluster_arguments(parser)
    add_wait_argument(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Reads or makes the keys, then changes the cluster by one event. A file with a bad line changes nothing."""
    _check(options)
    with refusals_told():
        cluster, notes = chosen(options["cluster"]), list[str]()
        try:
            event = _imported(cluster, options, notes.append)
        finally:
            _end_progress()
        for note in notes:
            tell_converted(options["file"], note)
        if options["wait"]:
            event = outcome_of(event, cluster)
    write_event(event, cluster.slug, options["json"], out)


def _check(options: dict[str, Any]) -> None:
    if (options["file"] is None) == (options["pattern"] is None):
        raise CommandError(_("give either a file of keys or a pattern: FILE, or --pattern P --count N"))
    if options["pattern"] is not None and options["count"] is None:
        raise CommandError(_("give the number of keys to make from the pattern: --count N"))
    if options["file"] is None and options["binary"]:
        raise CommandError(_("use --binary with a file of keys only"))
    if options["pattern"] is None and options["count"] is not None:
        raise CommandError(_("use --count with --pattern only; a file has one key per line"))


def _imported(cluster: Cluster, options: dict[str, Any], note: Note) -> Event:
    if options["file"] is None:
        progress = _progress(_("making keys"))
        key_set = pattern_key_set(pattern=options["pattern"], count=options["count"], progress=progress)
    else:
        with opened(options["file"]) as source:
            label, progress = label_of(options["file"]), _progress(_("reading keys"))
            key_set = file_key_set(source=source, label=label, progress=progress, binary=options["binary"], note=note)
    index_of(key_set, cluster.seed, _progress(_("sorting keys")))
    return use_keys(slug=cluster.slug, actor=command_line_actor(), key_set=key_set)


def _progress(what: str) -> Progress:
    """Shows the progress on one line of a terminal. Otherwise standard error is for errors, and stays empty."""
    if not sys.stderr.isatty():
        return _nothing
    return _line_of(what, sys.stderr)


def _line_of(what: str, terminal: TextIO) -> Callable[[int, int], None]:
    shown = -1

    def show(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // total if total else 100
        if percent != shown:
            shown = percent
            terminal.write(f"{_CLEAR_LINE}{what}: {percent} %")
            terminal.flush()

    return show


def _nothing(_done: int, _total: int) -> None:
    """Reports progress to nobody."""


def _end_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write(_CLEAR_LINE)
        sys.stderr.flush()
