"""`manage.py ring diff`: which keys a change of nodes would move, without a database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, TextIO

import numpy as np
from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _

from ringviz.cli.keyfiles import read_keys
from ringviz.cli.options import add_placement_arguments, nodes_of, strategy_asked
from ringviz.cli.refusals import refusal
from ringviz.core.errors import CoreError
from ringviz.core.keys import KeyIndex
from ringviz.core.movement import movement
from ringviz.core.strategy import Strategy


def add_arguments(parser: ArgumentParser) -> None:
    """The options of a placement, and the changes."""
    add_placement_arguments(parser)
    parser.add_argument(
        "--add", action="append", default=[], metavar=_("NAME[=WEIGHT]"), help=_("a node that joins, after the others")
    )
    parser.add_argument("--remove", action="append", default=[], metavar=_("NAME"), help=_("a node that leaves"))
    parser.add_argument("--json", action="store_true", help=_("no effect: the output is always JSON"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes one line `{"keys", "moved", "needless", "pairs": [{"from", "to", "keys"}]}`, the largest pairs first.

    `from` and `to` are names, or null if the keys had or will have no owner.
    """
    before = strategy_asked(options)
    after = changed(before, options["add"], options["remove"])
    hashes = [before.placement.hash_many(keys) for keys in read_keys(options)]
    found = movement(before, after, KeyIndex.build(np.concatenate(hashes)))
    pairs = [{"from": pair.source, "to": pair.target, "keys": pair.keys} for pair in found.pairs]
    answer = {"keys": found.keys, "moved": found.moved, "needless": found.needless, "pairs": pairs}
    out.write(json.dumps(answer, ensure_ascii=False) + "\n")


def changed(before: Strategy, add: list[str], remove: list[str]) -> Strategy:
    """The placement after the nodes have left and joined. Raises CommandError."""
    if not add and not remove:
        raise CommandError(_("nothing would change. Give --add NAME or --remove NAME."))
    there = {node.name for node in before.nodes}
    for name in remove:
        if name not in there:
            raise CommandError(_("there is no node %(name)s to remove") % {"name": ascii(name)})
    stay = [node for node in before.nodes if node.name not in remove]
    try:
        return before.with_nodes([*stay, *nodes_of(add)])
    except CoreError as error:
        raise CommandError(refusal(error)) from error
