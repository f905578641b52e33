"""The Locks page, and the requests that keep it up to date."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from live.actors import OPERATE
from live.places import registered
from locks.events import locks
from locks.models import LockSource
from locks.refusals import NotFound, SourceFailed
from locks.selectors.clock import nothing_known, now_ms
from locks.selectors.now import nothing_of, now_of
from locks.selectors.sources import PREFIX, configured, listed, place_of, source_of
from locks.selectors.stage import has_stage
from locks.stores.line import StoreGone
from locks.views.answers import refusals_as_json

_ADDRESSES = ("page", "now", "find", "csv", "lock", "clock", "break", "pause")
_OF_THE_STAGE = ("stage", "stage_ask")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Redirects to the first source; without one, explains how to get one."""
    first = next(iter(listed(1)), None)
    if first is not None:
        return HttpResponseRedirect(reverse("locks:page", args=[first.slug]))
    return render(request, "locks/none.html")


@require_safe
@ensure_csrf_cookie
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of one source, configured or not. It has no past: a request with `?v=` is told that."""
    try:
        source = source_of(slug)
    except NotFound as refused:
        raise Http404(refused.message) from refused
    place, named = place_of(source), configured().get(slug)
    boot = _moment(source) | {
        "urls": _urls(source, place.socket),
        "may_operate": request.user.has_perm(OPERATE),
        "may_break": request.user.has_perm(OPERATE) and named is not None and named.breakable,
        "source": source.slug,
        "name": source.name,
        "configured": named is not None,
        "elsewhere": _kinds_of_others(),
        "missing": _no_past() if request.GET.get("v") else "",
    }
    return render(request, "locks/locks.html", {"source": source, "place": place, "boot": boot})


@require_safe
@refusals_as_json
def now(_request: HttpRequest, slug: str) -> HttpResponse:
    """See `selectors.now.now_of`. 503 while our own Redis does not answer."""
    return _fresh(now_of(source_of(slug)))


@require_safe
@refusals_as_json
def clock(_request: HttpRequest, slug: str) -> HttpResponse:
    """`{"now"}`: milliseconds since 1970 by the clock of our own Redis."""
    try:
        return _fresh({"now": now_ms()})
    except StoreGone as error:
        raise nothing_known() from error


def _moment(source: LockSource) -> dict[str, Any]:
    """The current state; if our own Redis does not answer, the page says so and shows its events."""
    try:
        return now_of(source)
    except SourceFailed as failed:
        return nothing_of(source) | {"error": failed.message}


def _no_past() -> str:
    return _("The log does not record which locks were held in the past. This page shows the present.")


def _fresh(said: dict[str, Any]) -> JsonResponse:
    answer = JsonResponse(said)
    answer["Cache-Control"] = "no-store"
    return answer


def _urls(source: LockSource, socket: str) -> dict[str, str]:
    names = _ADDRESSES + _OF_THE_STAGE if has_stage(source) else _ADDRESSES
    urls = {name: reverse(f"locks:{name}", args=[source.slug]) for name in names}
    return urls | {"socket": socket, "timeline": reverse("timeline", args=[PREFIX, source.slug])}


def _kinds_of_others() -> list[str]:
    """Kinds of event that the stream carries but the page does not draw."""
    places = registered(PREFIX)
    return [kind.name for kind in places.kinds() if kind.subject is not locks] if places else []
