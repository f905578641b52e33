"""The plan options that `simulate` and `race` share."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from balancer.cli.faults import add_fault_arguments, faults_asked, pairs
from balancer.core.bounds import OutOfBounds
from balancer.core.simulator.plan import MOST_NODES, Node, Plan

NODES, LOAD, REQUESTS, SEED, KEYS = 10, 0.9, 1_000_000, 1, 10_000


def add_plan_arguments(parser: ArgumentParser) -> None:
    """Nodes, requests and faults. Every time is in mean service times."""
    parser.add_argument("--nodes", type=int, default=NODES, help=_("number of nodes: node-1, node-2, ... (10)"))
    parser.add_argument(
        "--load",
        type=float,
        default=LOAD,
        help=_("arriving work divided by capacity (0.9); above 1 only with --queue"),
    )
    parser.add_argument("--requests", type=int, default=REQUESTS, help=_("number of requests (1,000,000)"))
    parser.add_argument(
        "--seed", type=int, default=SEED, help=_("random seed; the same seed gives the same requests (1)")
    )
    parser.add_argument(
        "--queue", type=int, help=_("maximum requests in flight per node; the rest are refused (no limit)")
    )
    parser.add_argument("--skew", type=float, default=0.0, help=_("Zipf exponent of the keys; 0 is uniform (0)"))
    parser.add_argument("--keys", type=int, default=KEYS, help=_("number of keys (10,000)"))
    for name, text in (
        ("--speed", _("a node's speed (1); repeatable")),
        ("--weight", _("a node's weight (1), for policies that use weights; repeatable")),
    ):
        parser.add_argument(name, action="append", default=[], metavar=_("NODE=NUMBER"), help=text)
    add_fault_arguments(parser)


def plan_asked(options: dict[str, Any]) -> Plan:
    """Builds the plan from the options. Raises CommandError, and what `Plan` raises."""
    names = names_of(options["nodes"])
    speeds, weights = (_given(option, options[option], names) for option in ("speed", "weight"))
    nodes = tuple(Node(name, weights.get(name, 1.0), speeds.get(name, 1.0)) for name in names)
    return Plan(
        nodes,
        options["load"],
        options["requests"],
        options["seed"],
        options["queue"],
        options["skew"],
        options["keys"],
        faults_asked(options, names),
    )


def names_of(count: int) -> list[str]:
    """node-1, node-2, ... Raises OutOfBounds."""
    if not 1 <= count <= MOST_NODES:
        raise OutOfBounds("nodes", count, 1, MOST_NODES)
    return [f"node-{number}" for number in range(1, count + 1)]


def _given(option: str, words: list[str], names: list[str]) -> dict[str, float]:
    found = {}
    for name, value in pairs(words, names):
        try:
            found[name] = float(value)
        except ValueError as error:
            text = _("%(word)s is not a valid --%(option)s. Write NODE=NUMBER, for example node-2=0.5.")
            raise CommandError(text % {"word": ascii(f"{name}={value}"), "option": option}) from error
    return found
