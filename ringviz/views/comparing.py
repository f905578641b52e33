"""The Compare page: a frame first, then the figures once they are computed; also as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from live.asked import maybe_whole
from live.costly import costly
from live.inert import harmless
from live.shared import Shared
from live.sheets import csv_answer
from live.wording import grouped
from ringviz.bounds import MAX_COMPARED
from ringviz.core.state import NodeState
from ringviz.errors import Invalid, NotFound, Refused
from ringviz.selectors.clusters import Known, place_of, seen
from ringviz.selectors.compare import Choice, Compared, Comparison, compare, node_asked, why_not
from ringviz.selectors.placing import index_for, is_bucketed, members_of
from ringviz.services.choosing import chosen
from ringviz.views.answers import refusals_as_json
from ringviz.views.charts import charts_of, label_of, offered, rows_of

_WITHIN_S = 30.0  # for all strategies together
_KEPT = 64
_NOT_PARAMETERS = ("add", "s", "node", "theme")
_MOST_LISTED = 200  # nodes in the menu; with more, the reader types a number

_comparisons: Shared[Comparison] = Shared(_KEPT)


class Asked(NamedTuple):
    """What a URL asks for. `node` is the one that leaves, `number` its number if the URL gives it."""

    choices: tuple[Choice, ...]
    number: int | None
    node: NodeState


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The frame, which then loads `figures`. `?s=STRATEGY[:NAME=NUMBER,...]` may be repeated; `?node=` is who leaves.

    A strategy that the form adds (`?add=` with its parameters) redirects to the URL that contains it.
    """
    try:
        now = seen(slug)
    except NotFound as refused:
        raise Http404(refused.message) from refused
    context: dict[str, Any] = {"cluster": now.cluster, "place": place_of(now.cluster), "now": now}
    if reason := why_not(now.state):
        return render(request, "ringviz/compare.html", context | {"reason": reason})
    try:
        asked = _asked(request, now)
        if "add" in request.GET:
            return HttpResponseRedirect(_address("compare", slug, _with_added(request, now, asked), asked.number))
    except Refused as refused:
        said = context | {"error": refused.message}
        return render(request, "ringviz/compare.html", said, status=400)
    return render(request, "ringviz/compare.html", context | _frame(now, asked))


@costly
@require_safe
@refusals_as_json
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures for the page's URL, as charts and as a table."""
    now = seen(slug)
    asked = _asked(request, now)
    found = _compared(now, asked)
    context = {
        "v": now.v,
        "version": grouped(now.v),
        "found": found,
        "keys": grouped(found.keys),
        "nodes": grouped(found.nodes),
        "weight": grouped(found.changes.node["weight"]),
        "halved": grouped(found.changes.halved),
        "bucketed": is_bucketed(now.state["cluster"]),
        "charts": charts_of(found),
        "rows": rows_of(found, reverse("ringviz:ring", args=[slug])),
        "csv": _address("compare_csv", slug, asked.choices, asked.number),
    }
    return render(request, "ringviz/partials/compare_figures.html", context)


@costly
@require_safe
@refusals_as_json
def figures_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The table, one line per strategy. A figure that a strategy does not have is empty."""
    now = seen(slug)
    return csv_answer(request, f"{slug}-compare", _lines(_compared(now, _asked(request, now))))


def _compared(now: Known, asked: Asked) -> Comparison:
    """Computed once for everybody, so that all see the same measurements. A strategy that timed out is tried again."""
    key = (now.epoch, now.v, asked.choices, asked.node["number"])
    index = index_for(now.state["cluster"], now.cluster.key_set)
    return _comparisons.get(
        key,
        lambda: compare(now.state, index, asked.choices, asked.node, within_s=_WITHIN_S),
        keep=lambda found: all(row.figures for row in found.rows),
    )


def _asked(request: HttpRequest, now: Known) -> Asked:
    """Raises NotFound, and Invalid, also if nothing can be compared."""
    if reason := why_not(now.state):
        raise Invalid("cluster", now.cluster.slug, reason)
    number = maybe_whole({"node": request.GET.get("node", "")}, "node")
    return Asked(chosen(request.GET.getlist("s"), now.state), number, node_asked(now.state, number))


def _with_added(request: HttpRequest, now: Known, asked: Asked) -> tuple[Choice, ...]:
    """The choices plus the one from the form: `add` is its strategy, other fields are parameters. Raises Invalid."""
    fields = ((name, request.GET[name].strip()) for name in request.GET if name not in _NOT_PARAMETERS)
    given = ",".join(f"{name}={value}" for name, value in fields if value)
    return chosen([*(one.text for one in asked.choices), f"{request.GET['add']}:{given}"], now.state)


def _frame(now: Known, asked: Asked) -> dict[str, Any]:
    slug, members = now.cluster.slug, members_of(now.state)
    return {
        "asked": asked,
        "chosen": [_choice(slug, asked, one) for one in asked.choices],
        "offered": offered(now.state["cluster"]),
        "is_full": len(asked.choices) >= MAX_COMPARED,
        "most": MAX_COMPARED,
        "members": members if len(members) <= _MOST_LISTED else [],
        "figures": _address("compare_figures", slug, asked.choices, asked.number),
    }


def _choice(slug: str, asked: Asked, one: Choice) -> dict[str, str]:
    """A choice as the page lists it; `without` is the URL that leaves it out."""
    rest = [other for other in asked.choices if other != one]
    return {
        "text": one.text,
        "label": label_of(one),
        "without": _address("compare", slug, rest, asked.number) if rest else "",
    }


def _address(view: str, slug: str, choices: Sequence[Choice], number: int | None) -> str:
    """The URL of these choices."""
    fields = [("s", one.text) for one in choices] + ([] if number is None else [("node", str(number))])
    return f"{reverse(f'ringviz:{view}', args=[slug])}?{urlencode(fields, safe=':=,')}"


def _lines(found: Comparison) -> Iterator[Sequence[object]]:
    changes = (_("a node joins"), _("a node leaves"), _("half weight"))
    moves = [text % {"change": one} for one in changes for text in (_("%(change)s: moved"), _("%(change)s: needless"))]
    evenness = [_("busiest over fair share"), _("at most"), _("spread"), _("spread in theory")]
    yield [_("strategy"), _("keys"), *evenness, *moves, _("memory (bytes)"), _("look-up (ns a key)"), _("build (ms)")]
    for row in found.rows:
        yield [harmless(row.choice.text), found.keys, *_cells(row)]


def _cells(row: Compared) -> list[object]:
    """The figures as numbers, with all digits."""
    if row.figures is None:
        return []
    figures = row.figures
    moved = [figures.joins, figures.leaves, figures.reweights or ("", "")]
    evenness = [figures.evenness.most, figures.balance, figures.evenness.deviation, figures.expected]
    return [*evenness, *chain.from_iterable(moved), figures.held, figures.lookup_ns, figures.build_ms]
