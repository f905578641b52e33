"""`manage.py ring kill|revive|drain|remove|add NODE`: changes a cluster, also while the demo runs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from live.models import Event
from ringviz.actors import command_line_actor
from ringviz.cli.clusters import add_cluster_arguments, chosen, refusals_told, write_event
from ringviz.models import Cluster
from ringviz.selectors.clusters import node_named
from ringviz.services.nodes import add_node, drain_node, kill_node, remove_node, revive_node

ADD = "add"
_SERVICES = {"kill": kill_node, "revive": revive_node, "drain": drain_node, "remove": remove_node}


def add_arguments(parser: ArgumentParser) -> None:
    """The node, and for a new one what it is like."""
    adding = parser.get_default("subcommand") == ADD
    parser.add_argument("node", metavar=_("NODE"), help=_("the name of the new node") if adding else _("its name"))
    add_cluster_arguments(parser)
    if adding:
        parser.add_argument("--weight", type=float, default=1.0, help=_("its share relative to the others (1)"))
        parser.add_argument("--address", default="", help=_("where it can be reached"))
        parser.add_argument("--zone", default="", help=_("where it stands"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Does it and tells it in one line; with --json `{"cluster", "version", "kind", "moved", "keys"}`."""
    with refusals_told():
        cluster = chosen(options["cluster"])
        event = _added(cluster, options) if options["subcommand"] == ADD else _acted(cluster, options)
    write_event(event, cluster.slug, options["json"], out)


def _added(cluster: Cluster, options: dict[str, Any]) -> Event:
    return add_node(
        slug=cluster.slug,
        actor=command_line_actor(),
        name=options["node"],
        address=options["address"],
        zone=options["zone"],
        weight=options["weight"],
    )


def _acted(cluster: Cluster, options: dict[str, Any]) -> Event:
    service = _SERVICES[options["subcommand"]]
    return service(slug=cluster.slug, actor=command_line_actor(), number=node_named(cluster, options["node"]))
