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

from live.wording import grouped
from ringviz.cli.clusters import add_cluster_arguments, chosen, refusals_told
from ringviz.core.state import NodeState, State
from ringviz.events import work_words
from ringviz.models import Cluster, Node
from ringviz.selectors.clusters import Known, known
from ringviz.selectors.external import look_at, stored_frame
from ringviz.selectors.measured import measure

_TEXT_COLUMNS = 3  # set to the left; the numbers behind them to the right
_GAP = "  "
TIMEOUT_S = 2.0  # of the servers of an external cluster


def add_arguments(parser: ArgumentParser) -> None:
    """The options."""
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes a table, or with --json one line `{"cluster", "version", "kind", "at_rest", "unfilled", "nodes": [...]}`.

    `at_rest`: nothing is being done that was asked for, and all that should be stored is; `unfilled` are the buckets
    whose keys were lost and are not stored again, as [[first, last], ...]. A node is `{"name", "state", "kind",
    "tokens", "ownership", "predicted_keys", "stored_keys", "lost_keys"}`: `ownership` from 0 to 1 of the hash space,
    `predicted_keys` what should be stored now, without the lost ones; `stored_keys` what its server says now, null
    where there is none or it does not answer. In an external cluster `predicted_keys` is null: nobody here knows which
    keys it should have.
    """
    with refusals_told():
        on = known(chosen(options["cluster"]).slug)
        stored = _stored(on)
    lines = [json.dumps(_answer(on, stored), ensure_ascii=False)] if options["json"] else _table(on, stored)
    out.write("".join(f"{line}\n" for line in lines))


def _stored(on: Known) -> dict[int, int | None]:
    """What the servers say that they store, by the node's number."""
    if on.cluster.kind == Cluster.Kind.MANAGED:
        return {number: one.keys if one else None for number, one in measure(on.cluster, on.state).items()}
    if on.cluster.kind == Cluster.Kind.EXTERNAL and (look := look_at(on.cluster, TIMEOUT_S)):
        frame = stored_frame(look, on.state["nodes"], 0)
        return {int(number): one["keys"] for number, one in frame["nodes"].items()}
    return {}


def _predicted(node: NodeState, kind: str) -> int | None:
    return None if kind == Cluster.Kind.EXTERNAL else node["keys"] - node["lost"]


def is_at_rest(state: State) -> bool:
    """Whether nothing is asked for and not done, and nothing has to be stored again."""
    return not state["work"] and not state["unfilled"]


def _answer(on: Known, stored: dict[int, int | None]) -> dict[str, Any]:
    kind = on.state["cluster"]["kind"]
    return {
        "cluster": on.state["cluster"]["slug"],
        "version": on.v,
        "kind": kind,
        "at_rest": is_at_rest(on.state),
        "unfilled": on.state["unfilled"],
        "nodes": [
            {
                "name": node["name"],
                "state": node["state"],
                "kind": kind,
                "tokens": node["tokens"],
                "ownership": node["ownership"],
                "predicted_keys": _predicted(node, kind),
                "stored_keys": stored.get(node["number"]),
                "lost_keys": node["lost"],
            }
            for node in on.state["nodes"]
        ],
    }


def _table(on: Known, stored: dict[int, int | None]) -> list[str]:
    head = [_("NODE"), _("STATE"), _("KIND"), _("TOKENS"), _("SHARE"), _("KEYS"), _("STORED")]
    kind = on.state["cluster"]["kind"]
    if kind == Cluster.Kind.MANAGED:
        head.append(_("LOST"))
    rows = [head, *(_row(node, kind, stored.get(node["number"])) for node in on.state["nodes"])]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [_summary(on), *(_line(row, widths) for row in rows if len(rows) > 1)]


def _summary(on: Known) -> str:
    count = len(on.state["nodes"])
    text = ngettext(
        "%(cluster)s, version %(version)s: %(count)s node, %(keys)s keys",
        "%(cluster)s, version %(version)s: %(count)s nodes, %(keys)s keys",
        count,
    )
    said = text % {
        "cluster": on.state["cluster"]["slug"],
        "version": grouped(on.v),
        "count": grouped(count),
        "keys": grouped(on.state["keys"]["count"]),
    }
    if on.state["cluster"]["kind"] != Cluster.Kind.MANAGED:
        return said
    return _("%(cluster)s; %(rest)s") % {"cluster": said, "rest": _at_work(on.state)}


def _at_work(state: State) -> str:
    if is_at_rest(state):
        return _("at rest")
    doing = [work_words(work["action"], work["name"]) for work in state["work"]]
    return ", ".join([*doing, *([_("storing keys")] if state["unfilled"] else [])])


def _row(node: NodeState, kind: str, stored: int | None) -> list[str]:
    return [
        node["name"],
        str(Node.State(node["state"]).label),
        str(Cluster.Kind(kind).label),
        grouped(node["tokens"]),
        f"{number_format(node['ownership'] * 100, 1)} %",
        _count(_predicted(node, kind)),
        _count(stored),
        *([_count(node["lost"])] if kind == Cluster.Kind.MANAGED else []),
    ]


def _count(keys: int | None) -> str:
    """A number, or that it is not known."""
    return "-" if keys is None else grouped(keys)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = []
    for place, (text, width) in enumerate(zip(row, widths, strict=True)):
        space = " " * (width - _width(text))
        cells.append(text + space if place < _TEXT_COLUMNS else space + text)
    return _GAP.join(cells).rstrip()


def _width(text: str) -> int:
    """Columns of a terminal: wide letters take two, marks that sit on others none."""
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)
