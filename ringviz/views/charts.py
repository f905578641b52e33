"""A comparison in the form that the page shows: bars from 0 to 100, and texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.template.defaultfilters import filesizeformat
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.wording import grouped, number, percent
from ringviz.bounds import MAX_VNODES
from ringviz.core.abilities import spelled
from ringviz.core.state import ClusterState
from ringviz.core.strategy import STRATEGIES
from ringviz.selectors.compare import Choice, Compared, Comparison, Figures, Moved
from ringviz.strategies import described, name_of

_FULL = 100.0


class Bar(NamedTuple):
    """`width`, and the highlighted `part` of it, are 0 to 100; `mark` is the position of a line, or None."""

    label: str
    text: str
    width: float = 0.0
    part: float = 0.0
    mark: float | None = None

    @property
    def rest(self) -> float:
        """The part of the width before the highlighted part."""
        return self.width - self.part


class Chart(NamedTuple):
    """A bar for each strategy, in the order of the choices; `note` explains the figure."""

    title: str
    note: str
    bars: Sequence[Bar]


class Row(NamedTuple):
    """A row of the table. `plan` is the URL that plans the strategy for the cluster, empty if it is the current one."""

    label: str
    now: bool
    cells: Sequence[str]
    plan: str


def label_of(choice: Choice) -> str:
    """For example "Ring with bounded loads (160 tokens, c=1.25)": parameters are short, as in links."""
    said = []
    if choice.vnodes is not None:
        said.append(ngettext("%(n)s token", "%(n)s tokens", choice.vnodes) % {"n": grouped(choice.vnodes)})
    said += [spelled({name: value}) for name, value in choice.options]
    name = capfirst(name_of(choice.strategy))
    return _("%(strategy)s (%(options)s)") % {"strategy": name, "options": ", ".join(said)} if said else name


def offered(cluster: ClusterState) -> list[dict[str, Any]]:
    """Every strategy with the form fields of its parameters."""
    whole = {"wanted": "whole", "lowest": 1, "highest": MAX_VNODES, "default": cluster["vnodes"]}
    vnodes = {"name": "vnodes", "label": _("Tokens per node"), **whole}
    told = described()
    return [
        {
            "name": name,
            "label": capfirst(name_of(name)),
            "fields": ([vnodes] if kind.abilities.tokens else []) + told[name]["options"],
        }
        for name, kind in STRATEGIES.items()
    ]


def charts_of(found: Comparison) -> list[Chart]:
    """The charts: evenness, movement, cost."""
    node, halved = found.changes.node["name"], grouped(found.changes.halved)
    shares = found.changes
    return [
        Chart(
            _("Busiest node"),
            _("Its keys divided by its fair share. The line is the theoretical maximum."),
            _bars(found, lambda one: one.evenness.most, lambda value: f"{number(value, 2)}×", lambda one: one.balance),
        ),
        Chart(
            _("Spread"),
            _("Standard deviation of the keys per node. The line is the theoretical value."),
            _bars(found, lambda one: one.evenness.deviation, percent, lambda one: one.expected),
        ),
        Chart(_("A node joins"), _fair(shares.join_share), _moves(found, lambda one: one.joins)),
        Chart(_("%(node)s leaves") % {"node": node}, _fair(shares.leave_share), _moves(found, lambda one: one.leaves)),
        Chart(
            _("%(node)s gets weight %(weight)s") % {"node": node, "weight": halved},
            _fair(shares.reweight_share),
            _moves(found, lambda one: one.reweights),
        ),
        Chart(
            _("Look-up"), _("Time per key, looking up all keys at once. Measured just now."), _bars(found, _lookup, _ns)
        ),
        Chart(_("Build"), _("Time to build it and find one key. Measured just now."), _bars(found, _build, _ms)),
        Chart(
            _("Memory"),
            _("Arrays and lists. Names and keys are not counted."),
            _bars(found, lambda one: one.held, _bytes),
        ),
    ]


def _fair(share: float) -> str:
    return _("Keys that change owner. With even shares, %(share)s would.") % {"share": percent(share)}


def _lookup(figures: Figures) -> float:
    return figures.lookup_ns


def _build(figures: Figures) -> float:
    return figures.build_ms


def _ns(value: float) -> str:
    return _("%(n)s ns") % {"n": number(value, 1)}


def _ms(value: float) -> str:
    return _("%(n)s ms") % {"n": number(value, 1 if value >= 1 else 2)}


def _bytes(value: float) -> str:
    return str(filesizeformat(value))


def _bars(
    found: Comparison,
    value: Callable[[Figures], float],
    text: Callable[[float], str],
    mark: Callable[[Figures], float | None] = lambda _figures: None,
) -> list[Bar]:
    """Scales all bars and marks so that the longest is 100."""
    known = [row.figures for row in found.rows if row.figures]
    longest = max((max(value(one), mark(one) or 0.0) for one in known), default=0.0) or 1.0

    def bar(row: Compared) -> Bar:
        if row.figures is None:
            return Bar(label_of(row.choice), _("too slow"))
        at = mark(row.figures)
        width = value(row.figures) / longest * _FULL
        return Bar(
            label_of(row.choice), text(value(row.figures)), width, mark=None if at is None else at / longest * _FULL
        )

    return list(map(bar, found.rows))


def _moves(found: Comparison, moved: Callable[[Figures], Moved | None]) -> list[Bar]:
    """The share of all keys that move, with the needless ones highlighted."""

    def bar(row: Compared) -> Bar:
        if row.figures is None:
            return Bar(label_of(row.choice), _("too slow"))
        one = moved(row.figures)
        if one is None:
            return Bar(label_of(row.choice), _("no weights"))
        share, needless = one.keys / found.keys, one.needless / found.keys
        return Bar(label_of(row.choice), percent(share), share * _FULL, needless * _FULL)

    return list(map(bar, found.rows))


def rows_of(found: Comparison, ring: str) -> list[Row]:
    """The table. `ring` is the URL of the Ring page."""
    return [
        Row(label_of(row.choice), row.now, list(_cells(row.figures)), "" if row.now else _plan(ring, row.choice))
        for row in found.rows
    ]


def _plan(ring: str, choice: Choice) -> str:
    """The URL at which the Ring page plans this strategy for the cluster: see static/js/ring/link.js."""
    fields = {"plan": "configure", "strategy": choice.strategy}
    if choice.options:
        fields["options"] = spelled(dict(choice.options))
    if choice.vnodes is not None:
        fields["vnodes"] = str(choice.vnodes)
    return f"{ring}?{urlencode(fields)}"


def _cells(figures: Figures | None) -> Iterator[str]:
    if figures is None:
        return
    yield f"{number(figures.evenness.most, 2)}×"
    yield f"≤ {number(figures.balance, 2)}×" if figures.balance else "–"
    yield percent(figures.evenness.deviation)
    yield percent(figures.expected) or "–"
    for one in (figures.joins, figures.leaves, figures.reweights):
        yield _("no weights") if one is None else grouped(one.keys)
        yield "–" if one is None else grouped(one.needless)
    yield _ns(figures.lookup_ns)
    yield _ms(figures.build_ms)
    yield _bytes(figures.held)
