"""`manage.py ring configure`: another strategy or parameters of it, other tokens per node or copies."""

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
from ringviz.services import decisions
from ringviz.services.changing import change
from ringviz.services.checks import options_asked


def add_arguments(parser: ArgumentParser) -> None:
    """What is to be set; what is not named stays as it is."""
    add_strategy_argument(parser, default=None)
    add_option_argument(parser)
    parser.add_argument("--vnodes", type=int, help=_("tokens of a node of weight 1, for strategies with tokens"))
    parser.add_argument("--copies", type=int, help=_("copies of each key on a simulated ring"))
    add_wait_argument(parser)
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Does it and tells it as the commands that act do: see `ringviz.cli.act`."""
    with refusals_told():
        cluster = chosen(options["cluster"])
        decision = decisions.configure(
            strategy=options["strategy"],
            options=options_asked(",".join(options["option"])) if options["option"] else None,
            vnodes=options["vnodes"],
            copies=options["copies"],
        )
        event = change(slug=cluster.slug, actor=command_line_actor(), version=None, decision=decision)
        if options["wait"]:
            event = outcome_of(event, cluster)
    write_event(event, cluster.slug, options["json"], out)
