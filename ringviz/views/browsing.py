"""The page of a node's keys: the keys on its server, page by page or as a random sample. Read-only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from live.actors import actor_of
from live.costly import costly
from live.wording import grouped
from ringviz.errors import Invalid, NotFound, Refused
from ringviz.models import Cluster
from ringviz.selectors.browsing import Browsed, MayNotBrowse, browsable, page_of_keys, random_keys
from ringviz.selectors.clusters import place_of, seen
from ringviz.views.keyrows import rows_of


@never_cache
@costly
@require_safe
def node_keys(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The keys of a node from `?cursor=` on, or with `?sample=1` a random sample. The page shows any refusal."""
    try:
        cluster = seen(slug).cluster
    except NotFound as refused:
        raise Http404(refused.message) from refused
    context: dict[str, Any] = {"cluster": cluster, "place": place_of(cluster), "number": number}
    try:
        context |= _read(request, slug, number)
    except Refused as refused:
        context |= {
            "refused": refused.message,
            "may_not": isinstance(refused, MayNotBrowse),
            "again": _again(refused) if cluster.kind == Cluster.Kind.MANAGED else "",
        }
        # htmx only swaps in successful responses, and this one must be seen.
        status = 200 if request.headers.get("HX-Request") else refused.status
        return render(request, "ringviz/node_keys.html", context, status=status)
    return render(request, "ringviz/node_keys.html", context)


def _again(refused: Refused) -> str:
    """The text of the link to try again after a refusal; empty if it would be refused again."""
    if isinstance(refused, Invalid):
        return _("From the beginning")
    return "" if isinstance(refused, MayNotBrowse | NotFound) else _("Try again")


def _read(request: HttpRequest, slug: str, number: int) -> dict[str, Any]:
    now, node = browsable(slug, number, actor_of(request))
    cursor, sample = request.GET.get("cursor", ""), bool(request.GET.get("sample"))
    found = random_keys(now, node) if sample else page_of_keys(now, node, cursor)
    return {
        "node": node,
        "found": found,
        "is_sample": sample,
        "is_first": not sample and cursor in ("", "0"),
        "rows": rows_of(found.keys),
        "at": timezone.now(),
        "summary": _summary(found),
    }


def _summary(found: Browsed) -> str:
    """How many keys are shown, out of how many."""
    n = len(found.keys)
    if found.drawn:
        text = ngettext(
            "%(n)s different key from %(drawn)s random draws, of %(all)s on this server.",
            "%(n)s different keys from %(drawn)s random draws, of %(all)s on this server.",
            n,
        )
    else:
        text = ngettext("%(n)s key of %(all)s on this server.", "%(n)s keys of %(all)s on this server.", n)
    return text % {"n": grouped(n), "all": grouped(found.total), "drawn": grouped(found.drawn)}
