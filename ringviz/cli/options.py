"""What `place` and `diff` have in common: which nodes and which strategy."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from ringviz.cli.keyfiles import KEYS_HELP, add_binary_argument
from ringviz.cli.refusals import refusal
from ringviz.core.errors import CoreError
from ringviz.core.placement import VNODES, PlacedNode
from ringviz.core.strategy import STRATEGIES, Strategy, build


def add_placement_arguments(parser: ArgumentParser) -> None:
    """The options that describe a placement and its keys."""
    parser.add_argument("--strategy", default="ring", help=_("one of: %(names)s") % {"names": ", ".join(STRATEGIES)})
    parser.add_argument(
        "--vnodes", type=int, default=VNODES, help=_("tokens per node of weight 1, for strategies with tokens")
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar=_("NAME=NUMBER"),
        help=_("a parameter of the strategy: %(options)s") % {"options": ", ".join(_every_option())},
    )
    parser.add_argument("--seed", type=int, default=0, help=_("seed of the hash function"))
    parser.add_argument(
        "--node", action="append", default=[], metavar=_("NAME[=WEIGHT]"), help=_("a node; once for each of them")
    )
    parser.add_argument("--keys", required=True, metavar=_("FILE"), help=str(KEYS_HELP))
    add_binary_argument(parser)


def strategy_asked(options: dict[str, Any]) -> Strategy:
    """The placement that the options describe. Raises CommandError."""
    nodes = nodes_of(options["node"])
    if not nodes:
        raise CommandError(_("there is no node; name each one with --node NAME or --node NAME=WEIGHT"))
    try:
        given = dict(map(_option, options["option"]))
        return build(options["strategy"], nodes, options["vnodes"], options["seed"], options=given)
    except CoreError as error:
        raise CommandError(refusal(error)) from error


def _every_option() -> list[str]:
    """As in `table_size=65537 (maglev)`: each with its default."""
    return [f"{one.name}={one.default:g} ({name})" for name, kind in STRATEGIES.items() for one in kind.options]


def _option(word: str) -> tuple[str, float]:
    name, equals, value = word.partition("=")
    try:
        if equals:
            return name, float(value)
    except ValueError:
        pass
    text = _("%(word)s is not an option; write NAME=NUMBER, as in table_size=65537")
    raise CommandError(text % {"word": ascii(word)})


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
