"""`manage.py ring kill|freeze|thaw|restart|revive|drain|remove|add NODE`, `cancel VERSION`: changes a cluster.

Works while the demo runs, too. If the nodes are servers, it asks the supervisor and returns at once; `--wait` waits.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from live.actors import command_line_actor
from live.door import refusals_told
from ringviz.cli.clusters import add_cluster_arguments, chosen, write_event
from ringviz.cli.waiting import add_wait_argument, outcome_of
from ringviz.models import Cluster
from ringviz.selectors.clusters import node_named
from ringviz.services import decisions, served
from ringviz.services.actions import decision_of
from ringviz.services.changing import change
from ringviz.services.decisions import Decision

ADD, CANCEL, FREEZE = "add", "cancel", "freeze"


def add_arguments(parser: ArgumentParser) -> None:
    """The node, and the properties of a new one; for cancel, the version of the request."""
    subcommand = parser.get_default("subcommand")
    if subcommand == CANCEL:
        parser.add_argument("work", metavar=_("VERSION"), type=int, help=_("the version of the request"))
    else:
        help_ = _("the name of the new node") if subcommand == ADD else _("the name of the node")
        parser.add_argument("node", metavar=_("NODE"), help=help_)
        add_wait_argument(parser)
    add_cluster_arguments(parser)
    if subcommand == FREEZE:
        every, for_ = (
            _("with --for: how often to freeze, in ms"),
            _("freeze for this many ms, repeatedly, until it is thawed"),
        )
        parser.add_argument("--for", dest="for_ms", default="", metavar=_("MS"), help=for_)
        parser.add_argument("--every", dest="every_ms", default="", metavar=_("MS"), help=every)
    if subcommand == ADD:
        parser.add_argument(
            "--weight", type=float, default=1.0, help=_("its share relative to the others (default: 1)")
        )
        parser.add_argument("--address", default="", help=_("its address (simulated nodes only)"))
        parser.add_argument("--zone", default="", help=_("its zone"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Makes the change and reports it in one line; with --json `{"cluster", "version", "kind", "moved", "keys"}`.

    If the change was only requested, `{"cluster", "version", "kind", "work"}`. With --wait it reports the event that
    ended the request; CommandError if that is a failure.
    """
    with refusals_told():
        cluster = chosen(options["cluster"])
        decision = _decision(cluster, options)
        event = change(slug=cluster.slug, actor=command_line_actor(), version=None, decision=decision)
        if options.get("wait"):
            event = outcome_of(event, cluster)
    write_event(event, cluster.slug, options["json"], out)


def _decision(cluster: Cluster, options: dict[str, Any]) -> Decision:
    subcommand = options["subcommand"]
    if subcommand == CANCEL:
        return served.cancel(options["work"])
    if subcommand == ADD:
        given = {name: options[name] for name in ("address", "zone", "weight")}
        return decisions.add(name=options["node"], **given)
    fields = {"node": str(node_named(cluster, options["node"]))}
    if subcommand == FREEZE:
        fields |= {"for": options["for_ms"], "every": options["every_ms"]}
    return decision_of(subcommand, fields)
