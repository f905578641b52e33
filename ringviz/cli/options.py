"""What `place` and `diff` have in common: which nodes, which strategy, which keys."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from ringviz.cli.refusals import refusal
from ringviz.core.errors import CoreError
from ringviz.core.placement import VNODES, PlacedNode
from ringviz.core.strategy import STRATEGIES, Strategy, build

_READ_BYTES = 1 << 22  # of keys at a time: enough for the compiled loops, little enough to hold any file


def add_placement_arguments(parser: ArgumentParser) -> None:
    """The options that describe a placement and its keys."""
    parser.add_argument("--strategy", default="ring", help=_("one of: %(names)s") % {"names": ", ".join(STRATEGIES)})
    parser.add_argument("--vnodes", type=int, default=VNODES, help=_("tokens of a node of weight 1 (ring)"))
    parser.add_argument("--seed", type=int, default=0, help=_("seed of the hash function"))
    parser.add_argument(
        "--node", action="append", default=[], metavar=_("NAME[=WEIGHT]"), help=_("a node; once for each of them")
    )
    parser.add_argument("--keys", required=True, metavar=_("FILE"), help=_("one key a line; - reads standard input"))


def strategy_asked(options: dict[str, Any]) -> Strategy:
    """The placement that the options describe. Raises CommandError."""
    nodes = nodes_of(options["node"])
    if not nodes:
        raise CommandError(_("there is no node; name each one with --node NAME or --node NAME=WEIGHT"))
    try:
        return build(options["strategy"], nodes, options["vnodes"], options["seed"])
    except CoreError as error:
        raise CommandError(refusal(error)) from error


def nodes_of(words: Iterable[str]) -> list[PlacedNode]:
    """The nodes that words like `a` and `b=2` name. Raises CommandError."""
    return [_node(word) for word in words]


def _node(word: str) -> PlacedNode:
    name, equals, weight = word.rpartition("=")
    if not equals:
        name, weight = word, "1"
    if not name.isprintable():
        raise CommandError(_("the node name %(name)s holds characters that cannot be shown") % {"name": ascii(name)})
    try:
        return PlacedNode(name, float(weight))
    except CoreError as error:
        raise CommandError(refusal(error)) from error
    except ValueError as error:
        raise CommandError(
            _("%(weight)s is no weight; write NAME=WEIGHT with a number") % {"weight": ascii(weight)}
        ) from error


def read_keys(source: str) -> Iterator[list[bytes]]:
    """The keys of a file, or of standard input for `-`, a few megabytes at a time.

    A key is a line without its line feed, whatever bytes it holds; what follows the last line feed is a key if it is
    not empty. Raises CommandError for a file that cannot be read, as soon as it is asked for the first keys.
    """
    try:
        with nullcontext(sys.stdin.buffer) if source == "-" else Path(source).open("rb") as file:
            yield from _lines(file)
    except BrokenPipeError:
        raise  # whoever reads our output went away; it says nothing about the keys
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CommandError(
            _("the keys in %(file)s cannot be read: %(reason)s") % {"file": ascii(source), "reason": reason}
        ) from error


def _lines(file: BinaryIO) -> Iterator[list[bytes]]:
    while lines := file.readlines(_READ_BYTES):
        yield [line.removesuffix(b"\n") for line in lines]
