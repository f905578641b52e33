"""`manage.py ring compare`: what each strategy does to a cluster's nodes and keys."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from live.columns import columns
from live.door import refusals_told
from live.wording import grouped, number, percent
from ringviz.cli.clusters import add_cluster_arguments, chosen
from ringviz.core.strategy import STRATEGIES
from ringviz.selectors.clusters import Known, known, node_named
from ringviz.selectors.compare import Compared, Comparison, Figures, Moved, compare, node_asked, why_not
from ringviz.selectors.placing import index_for
from ringviz.services import choosing

_TEXT_COLUMNS = 1


def add_arguments(parser: ArgumentParser) -> None:
    """The cluster, the strategies to compare, and the node that changes."""
    parser.add_argument("slug", nargs="?", metavar=_("SLUG"), help=_("the cluster, as in --cluster"))
    add_cluster_arguments(parser)
    parser.add_argument(
        "--strategy",
        action="append",
        default=[],
        metavar=_("NAME[:OPTION=NUMBER,...]"),
        help=_("a strategy; repeat it for more (default: all of them: %(names)s)") % {"names": ", ".join(STRATEGIES)},
    )
    parser.add_argument(
        "--node",
        metavar=_("NAME"),
        help=_("the node that leaves, and whose weight is halved (default: the middle one)"),
    )


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes a table; with --json one object, see `_answer`. Raises CommandError."""
    with refusals_told():
        cluster = chosen(options["slug"] or options["cluster"])
        on = known(cluster.slug)
        if reason := why_not(on.state):
            raise CommandError(reason)
        node = node_asked(on.state, node_named(cluster, options["node"]) if options["node"] else None)
        choices = choosing.chosen(options["strategy"], on.state)
        found = compare(on.state, index_for(on.state["cluster"], on.cluster.key_set), choices, node)
    if options["json"]:
        out.write(json.dumps(_answer(on, found), ensure_ascii=False) + "\n")
        return
    for line in [*_assumed(on, found), *columns([_head(), *map(_row, found.rows)], _TEXT_COLUMNS), _measured()]:
        out.write(f"{line}\n")


def _answer(on: Known, found: Comparison) -> dict[str, Any]:
    """`joins`, `leaves`, `reweights`: the change, and the share of keys that even shares would move.

    For each strategy, `busiest` and `spread` are a node's keys over its fair share, `spread_in_theory` and `at_most`
    the theoretical values. `lookup_ns` and `build_ms` are measured here and now.
    """
    changes = found.changes
    return {
        "cluster": on.cluster.slug,
        "version": on.v,
        "keys": found.keys,
        "nodes": found.nodes,
        "joins": {"node": changes.joining, "weight": 1, "share": changes.join_share},
        "leaves": {"node": changes.node["name"], "share": changes.leave_share},
        "reweights": {"node": changes.node["name"], "weight": changes.halved, "share": changes.reweight_share},
        "strategies": [_line(row) for row in found.rows],
    }


def _line(row: Compared) -> dict[str, Any]:
    named = {
        "strategy": row.choice.strategy,
        "options": dict(row.choice.options),
        "vnodes": row.choice.vnodes,
        "now": row.now,
    }
    return named | (_figures(row.figures) if row.figures else {})


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "busiest": figures.evenness.most,
        "at_most": figures.balance,
        "spread": figures.evenness.deviation,
        "spread_in_theory": figures.expected,
        "joins": figures.joins._asdict(),
        "leaves": figures.leaves._asdict(),
        "reweights": figures.reweights._asdict() if figures.reweights else None,
        "memory_bytes": figures.held,
        "lookup_ns": figures.lookup_ns,
        "build_ms": figures.build_ms,
    }


def _assumed(on: Known, found: Comparison) -> list[str]:
    """The heading of the figures."""
    changes = found.changes
    values = {
        "cluster": on.cluster.slug,
        "version": grouped(on.v),
        "nodes": grouped(found.nodes),
        "keys": grouped(found.keys),
        "joining": changes.joining,
        "node": changes.node["name"],
        "weight": grouped(changes.node["weight"]),
        "halved": grouped(changes.halved),
    }
    return [
        _("%(cluster)s, version %(version)s: %(nodes)s nodes, %(keys)s keys") % values,
        _("JOINS: %(joining)s, of weight 1. LEAVES: %(node)s. HALVED: %(node)s, from weight %(weight)s to %(halved)s.")
        % values,
    ]


def _head() -> list[str]:
    needless = _("NEEDLESS")
    moves = [_("JOINS"), needless, _("LEAVES"), needless, _("HALVED"), needless]
    return [_("STRATEGY"), _("BUSIEST"), _("SPREAD"), _("THEORY"), *moves, _("LOOK-UP"), _("BUILD"), _("MEMORY")]


def _row(row: Compared) -> list[str]:
    figures = row.figures
    if figures is None:
        return [row.choice.text] + ["-"] * (len(_head()) - 1)
    moves = [cell for moved in (figures.joins, figures.leaves, figures.reweights) for cell in _cells(moved)]
    return [
        row.choice.text,
        f"{number(figures.evenness.most, 2)}x",
        percent(figures.evenness.deviation),
        percent(figures.expected) or "-",
        *moves,
        _("%(n)s ns") % {"n": number(figures.lookup_ns, 1)},
        _("%(n)s ms") % {"n": number(figures.build_ms, 1)},
        str(filesizeformat(figures.held)),
    ]


def _cells(moved: Moved | None) -> tuple[str, str]:
    return (_("no weights"), "-") if moved is None else (grouped(moved.keys), grouped(moved.needless))


def _measured() -> str:
    return _("LOOK-UP (a key, all keys at once) and BUILD are measured on this machine, now.")
