"""Shared by `place` and `diff`: the nodes and the strategy."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from ringviz.cli.keyfiles import KEYS_HELP, add_binary_argument
from ringviz.cli.refusals import refusal
from ringviz.core.abilities import read_options
from ringviz.core.errors import CoreError
from ringviz.core.placement import VNODES, PlacedNode
from ringviz.core.strategy import DEFAULT, STRATEGIES, Strategy, build
from ringviz.strategies import every_option


def add_placement_arguments(parser: ArgumentParser) -> None:
    """The options that describe a placement and its keys."""
    add_strategy_argument(parser)
    parser.add_argument(
        "--vnodes", type=int, default=VNODES, help=_("tokens of a node with weight 1, for strategies with tokens")
    )
    add_option_argument(parser)
    parser.add_argument("--seed", type=int, default=0, help=_("seed of the hash function"))
    parser.add_argument(
        "--node", action="append", default=[], metavar=_("NAME[=WEIGHT]"), help=_("a node; repeat it for each node")
    )
    parser.add_argument("--keys", required=True, metavar=_("FILE"), help=str(KEYS_HELP))
    add_binary_argument(parser)


def add_strategy_argument(parser: ArgumentParser, default: str | None = DEFAULT) -> None:
    """The strategy."""
    parser.add_argument("--strategy", default=default, help=_("one of: %(names)s") % {"names": ", ".join(STRATEGIES)})


def add_option_argument(parser: ArgumentParser) -> None:
    """The parameters of a strategy."""
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar=_("NAME=NUMBER"),
        help=_("a parameter of the strategy: %(options)s") % {"options": ", ".join(every_option())},
    )


def strategy_asked(options: dict[str, Any]) -> Strategy:
    """The placement that the options describe. Raises CommandError."""
    nodes = nodes_of(options["node"])
    if not nodes:
        raise CommandError(_("there are no nodes. Give each one with --node NAME or --node NAME=WEIGHT."))
    try:
        given = options_given(options["option"])
        return build(options["strategy"], nodes, options["vnodes"], options["seed"], options=given)
    except CoreError as error:
        raise CommandError(refusal(error)) from error


def options_given(words: Iterable[str]) -> dict[str, float]:
    """The values of every `--option`. Raises NotAnOption."""
    return {name: number for word in words for name, number in read_options(word).items()}


def nodes_of(words: Iterable[str]) -> list[PlacedNode]:
    """The nodes named by words such as `a` and `b=2`. Raises CommandError."""
    return [_node(word) for word in words]


def _node(word: str) -> PlacedNode:
    name, equals, weight = word.rpartition("=")
    if not equals:
        name, weight = word, "1"
    if not name.isprintable():
        raise CommandError(_("the node name %(name)s contains characters that cannot be shown") % {"name": ascii(name)})
    try:
        return PlacedNode(name, float(weight))
    except CoreError as error:
        raise CommandError(refusal(error)) from error
    except ValueError as error:
        raise CommandError(
            _("%(weight)s is not a valid weight. Write NAME=WEIGHT, for example b=2.") % {"weight": ascii(weight)}
        ) from error
