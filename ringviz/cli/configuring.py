"""`manage.py ring configure`: sets the strategy, its parameters, tokens per node, copies, or the verdict delay."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from live.actors import command_line_actor
from live.door import refusals_told
from ringviz.cli.clusters import add_cluster_arguments, chosen, write_event
from ringviz.cli.options import add_option_argument, add_strategy_argument
from ringviz.cli.waiting import add_wait_argument, outcome_of
from ringviz.errors import Invalid
from ringviz.services import decisions
from ringviz.services.changing import change
from ringviz.services.checks import options_asked
from ringviz.services.decisions import Decision
from ringviz.services.freezing import delay_verdict


def add_arguments(parser: ArgumentParser) -> None:
    """The settings; those that are not named stay as they are."""
    add_strategy_argument(parser, default=None)
    add_option_argument(parser)
    parser.add_argument("--vnodes", type=int, help=_("tokens of a node with weight 1, for strategies with tokens"))
    parser.add_argument("--copies", type=int, help=_("copies of each key on a simulated ring"))
    parser.add_argument(
        "--verdict-delay",
        type=float,
        metavar=_("SECONDS"),
        help=_("how long a frozen server has until its verdict; 0 treats it like any silent server"),
    )
    add_wait_argument(parser)
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Makes the change and reports it like the commands that act: see `ringviz.cli.act`."""
    with refusals_told():
        cluster = chosen(options["cluster"])
        decision = _decision(options)
        event = change(slug=cluster.slug, actor=command_line_actor(), version=None, decision=decision)
        if options["wait"]:
            event = outcome_of(event, cluster)
    write_event(event, cluster.slug, options["json"], out)


def _decision(options: dict[str, Any]) -> Decision:
    """Raises Invalid where the delay of verdicts is set with anything else: that would be two events."""
    named = {name: options[name] for name in ("strategy", "vnodes", "copies")}
    given = options_asked(",".join(options["option"])) if options["option"] else None
    if (delay_s := options["verdict_delay"]) is None:
        return decisions.configure(**named, options=given)
    if given is not None or any(value is not None for value in named.values()):
        raise Invalid("verdict_delay", delay_s, _("Set the delay of verdicts by itself."))
    return delay_verdict(round(delay_s * 1_000))
