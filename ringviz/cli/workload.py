"""`manage.py ring workload [on|off]`: the clients of a cluster whose nodes are servers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from live.actors import command_line_actor
from live.door import refusals_told
from ringviz.cli.clusters import add_cluster_arguments, chosen, write_event
from ringviz.core.state import FIRST_WORKLOAD, Workload
from ringviz.services.changing import change
from ringviz.services.served import set_workload
from servers.client.popularity import DISTRIBUTIONS

_AT_FIRST: Workload = {**FIRST_WORKLOAD, "distribution": "zipf"}


def add_arguments(parser: ArgumentParser) -> None:
    """The settings; those that are not given stay as they are."""
    parser.add_argument("switch", nargs="?", choices=("on", "off"), help=_("start or stop the clients"))
    parser.add_argument("--rate", type=int, metavar="N", help=_("operations per second"))
    parser.add_argument("--distribution", choices=DISTRIBUTIONS, help=_("how keys are chosen"))
    parser.add_argument("--reads", type=float, metavar=_("SHARE"), help=_("share of reads, 0 to 1"))
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Sets it and reports it in one line; with --json `{"cluster", "version", "kind"}`."""
    with refusals_told():
        cluster = chosen(options["cluster"])
        wanted: Any = dict(cluster.workload or _AT_FIRST)
        if options["switch"] is not None:
            wanted["on"] = options["switch"] == "on"
        wanted |= {name: options[name] for name in ("rate", "distribution", "reads") if options[name] is not None}
        event = change(slug=cluster.slug, actor=command_line_actor(), version=None, decision=set_workload(wanted))
    write_event(event, cluster.slug, options["json"], out)
