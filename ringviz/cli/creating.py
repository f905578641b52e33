"""`manage.py ring create SLUG`: creates a cluster, of simulated nodes or of servers."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.actors import command_line_actor
from live.door import refusals_told
from live.wording import grouped
from ringviz.bounds import MAX_NODES, MIB
from ringviz.cli.options import add_option_argument, add_strategy_argument
from ringviz.cli.waiting import add_wait_argument, outcome_of_first
from ringviz.core.placement import VNODES
from ringviz.models import Cluster
from ringviz.services.checks import options_asked
from ringviz.services.clusters import DEFAULT_MEMORY, create_cluster
from ringviz.services.keys import DEFAULT_COUNT, DEFAULT_PATTERN, pattern_key_set


def add_arguments(parser: ArgumentParser) -> None:
    """The properties of the cluster."""
    parser.add_argument("slug", metavar=_("SLUG"), help=_("its name in the address of its page"))
    parser.add_argument("--name", default="", help=_("its name on the page"))
    parser.add_argument("--managed", action="store_true", help=_("make each node a server, and store each key"))
    parser.add_argument("--nodes", type=int, default=0, metavar="N", help=_("number of nodes, named node-1 and so on"))
    add_strategy_argument(parser)
    add_option_argument(parser)
    parser.add_argument(
        "--vnodes", type=int, default=VNODES, help=_("tokens of a node with weight 1, for strategies with tokens")
    )
    parser.add_argument("--copies", type=int, default=1, help=_("copies of each key on a simulated ring"))
    parser.add_argument("--seed", type=int, default=0, help=_("seed of the hash function"))
    parser.add_argument("--replicas", type=int, default=0, help=_("replicas of each server, 0 or 1 (managed)"))
    parser.add_argument(
        "--memory",
        type=int,
        default=DEFAULT_MEMORY // MIB,
        metavar="MIB",
        help=_("memory of each server in MiB (managed)"),
    )
    parser.add_argument(
        "--pattern", default=DEFAULT_PATTERN, metavar="P", help=_("the pattern of its keys, such as user:{n}")
    )
    parser.add_argument(
        "--count", type=int, default=DEFAULT_COUNT, metavar="N", help=_("number of keys made from the pattern")
    )
    parser.add_argument("--demo", action="store_true", help=_("let one click on its ring kill a node"))
    parser.add_argument("--json", action="store_true", help=_("one JSON object"))
    add_wait_argument(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Creates it and reports it in one line; with --json `{"cluster", "version", "kind", "nodes"}`.

    The supervisor starts the servers of a managed cluster; --wait waits until they store every key.
    """
    slug, count = options["slug"], options["nodes"]
    if not 0 <= count <= MAX_NODES:
        raise CommandError(_("give 0 to %(most)s nodes") % {"most": grouped(MAX_NODES)})
    given = {name: options[name] for name in ("strategy", "vnodes", "copies", "seed", "demo", "replicas")}
    with refusals_told():
        event = create_cluster(
            actor=command_line_actor(),
            slug=slug,
            name=options["name"] or slug,
            key_set=pattern_key_set(pattern=options["pattern"], count=options["count"]),
            nodes=[{"name": f"node-{number}"} for number in range(1, count + 1)],
            kind=Cluster.Kind.MANAGED if options["managed"] else Cluster.Kind.SIMULATED,
            memory=options["memory"] * MIB,
            options=options_asked(",".join(options["option"])),
            **given,
        )
        if options["wait"]:
            event = outcome_of_first(event, Cluster.objects.get(slug=slug))
    answer = {"cluster": slug, "version": event.version, "kind": event.kind, "nodes": count}
    text = ngettext("%(cluster)s: created with %(count)s node", "%(cluster)s: created with %(count)s nodes", count)
    if options["managed"]:
        text = ngettext(
            "%(cluster)s: created with %(count)s server", "%(cluster)s: created with %(count)s servers", count
        )
    out.write((json.dumps(answer) if options["json"] else text % {"cluster": slug, "count": grouped(count)}) + "\n")
