"""`manage.py ring import FILE`, or `--pattern P --count N`: gives a cluster the keys that it is watched with."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _

from live.models import Event
from ringviz.actors import command_line_actor
from ringviz.cli.clusters import add_cluster_arguments, chosen, refusals_told, write_event
from ringviz.cli.waiting import add_wait_argument, outcome_of
from ringviz.models import Cluster, KeySet
from ringviz.services.clusters import use_keys
from ringviz.services.keys import file_key_set, pattern_key_set
from ringviz.stores.keysets import Progress, index_of

_CLEAR_LINE = "\r\x1b[K"


def add_arguments(parser: ArgumentParser) -> None:
    """A file or a pattern, and for which cluster."""
    parser.add_argument("file", nargs="?", metavar=_("FILE"), help=_("one key a line, plain or gzip"))
    parser.add_argument("--pattern", metavar="P", help=_("makes keys instead, such as user:{n}"))
    parser.add_argument("--count", type=int, metavar="N", help=_("how many keys the pattern makes"))
    add_cluster_arguments(parser)
    add_wait_argument(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Reads or makes the keys, then changes the cluster by one event; a file with a bad line changes nothing."""
    _check(options)
    with refusals_told():
        cluster = chosen(options["cluster"])
        try:
            event = _imported(cluster, options)
        finally:
            _end_progress()
        if options["wait"]:
            event = outcome_of(event, cluster)
    write_event(event, cluster.slug, options["json"], out)


def _check(options: dict[str, Any]) -> None:
    if (options["file"] is None) == (options["pattern"] is None):
        raise CommandError(_("name either a file of keys or a pattern: FILE, or --pattern P --count N"))
    if options["pattern"] is not None and options["count"] is None:
        raise CommandError(_("say how many keys the pattern makes: --count N"))
    if options["pattern"] is None and options["count"] is not None:
        raise CommandError(_("--count goes with --pattern; a file has as many keys as it has lines"))


def _imported(cluster: Cluster, options: dict[str, Any]) -> Event:
    if options["file"] is None:
        progress = _progress(_("making keys"))
        key_set = pattern_key_set(pattern=options["pattern"], count=options["count"], progress=progress)
    else:
        key_set = _read(options["file"])
    index_of(key_set, cluster.seed, _progress(_("sorting keys")))
    return use_keys(slug=cluster.slug, actor=command_line_actor(), key_set=key_set)


def _read(name: str) -> KeySet:
    path = Path(name)
    try:
        with path.open("rb") as source:
            return file_key_set(source=source, label=path.name, progress=_progress(_("reading keys")))
    except OSError as error:
        text = _("the keys in %(file)s cannot be read: %(reason)s")
        raise CommandError(text % {"file": ascii(name), "reason": error.strerror or error}) from error


def _progress(what: str) -> Progress:
    """Shows per cent on one line of a terminal. Elsewhere standard error is for what went wrong, and stays empty."""
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
    """Progress that nobody watches."""


def _end_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write(_CLEAR_LINE)
        sys.stderr.flush()
