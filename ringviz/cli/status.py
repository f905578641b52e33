"""`manage.py ring status`: the nodes of a cluster, and what each of them has."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any, TextIO
from unicodedata import combining, east_asian_width

from django.core.management.base import OutputWrapper
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ringviz.cli.clusters import add_cluster_arguments, chosen, refusals_told
from ringviz.core.state import NodeState
from ringviz.models import Cluster, Node
from ringviz.selectors.clusters import Known, known
from ringviz.words import grouped

_TEXT_COLUMNS = 3  # set to the left; the numbers behind them to the right
_GAP = "  "


def add_arguments(parser: ArgumentParser) -> None:
    """The options."""
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes a table, or with --json one line `{"cluster", "version", "nodes": [...]}`.

    A node is `{"name", "state", "kind", "tokens", "ownership", "predicted_keys", "stored_keys"}`: `ownership` from 0
    to 1 of the hash space, `stored_keys` null where nothing is stored.
    """
    with refusals_told():
        on = known(chosen(options["cluster"]).slug)
    lines = [json.dumps(_answer(on), ensure_ascii=False)] if options["json"] else _table(on)
    out.write("".join(f"{line}\n" for line in lines))


def _answer(on: Known) -> dict[str, Any]:
    kind = on.state["cluster"]["kind"]
    return {
        "cluster": on.state["cluster"]["slug"],
        "version": on.v,
        "nodes": [
            {
                "name": node["name"],
                "state": node["state"],
                "kind": kind,
                "tokens": node["tokens"],
                "ownership": node["ownership"],
                "predicted_keys": node["keys"],
                "stored_keys": None,
            }
            for node in on.state["nodes"]
        ],
    }


def _table(on: Known) -> list[str]:
    head = [_("NODE"), _("STATE"), _("KIND"), _("TOKENS"), _("SHARE"), _("KEYS"), _("STORED")]
    kind = str(Cluster.Kind(on.state["cluster"]["kind"]).label)
    rows = [head, *(_row(node, kind) for node in on.state["nodes"])]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [_summary(on), *(_line(row, widths) for row in rows if len(rows) > 1)]


def _summary(on: Known) -> str:
    count = len(on.state["nodes"])
    text = ngettext(
        "%(cluster)s, version %(version)s: %(count)s node, %(keys)s keys",
        "%(cluster)s, version %(version)s: %(count)s nodes, %(keys)s keys",
        count,
    )
    return text % {
        "cluster": on.state["cluster"]["slug"],
        "version": grouped(on.v),
        "count": grouped(count),
        "keys": grouped(on.state["keys"]["count"]),
    }


def _row(node: NodeState, kind: str) -> list[str]:
    return [
        node["name"],
        str(Node.State(node["state"]).label),
        kind,
        grouped(node["tokens"]),
        f"{number_format(node['ownership'] * 100, 1)} %",
        grouped(node["keys"]),
        "-",
    ]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = []
    for place, (text, width) in enumerate(zip(row, widths, strict=True)):
        space = " " * (width - _width(text))
        cells.append(text + space if place < _TEXT_COLUMNS else space + text)
    return _GAP.join(cells).rstrip()


def _width(text: str) -> int:
    """Columns of a terminal: wide letters take two, marks that sit on others none."""
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)
