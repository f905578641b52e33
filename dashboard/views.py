"""The overview, the timeline and the glossary: read and render. Nothing here writes."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from dashboard import glossary, overview, processes
from dashboard.timeline import Asked, log_of
from live.actors import OPERATE
from live.places import place_at


@never_cache
@require_safe
def show_session(request: HttpRequest) -> HttpResponse:
    """`{"may_operate"}`: for open pages, whose reader may have signed out since."""
    return JsonResponse({"may_operate": request.user.has_perm(OPERATE)})


@require_safe
def show_overview(request: HttpRequest) -> HttpResponse:
    """Every place, the newest events of all, and the processes."""
    whole = overview.whole()
    if whole.cards and request.headers.get("HX-Request"):  # an empty page asks whether there are cards by now
        return HttpResponseClientRefresh()
    return render(request, "dashboard/overview.html", {"overview": whole, "look": processes.processes_now()})


@require_safe
def show_glossary(request: HttpRequest) -> HttpResponse:
    """Every term, with its anchor."""
    return render(request, "dashboard/glossary.html", {"terms": glossary.terms()})


@require_safe
def show_card(request: HttpRequest, prefix: str, slug: str) -> HttpResponse:
    """One row of the overview, updated, and the other parts of the page that show its place."""
    whole = overview.whole()
    card = next((card for card in whole.cards if (card.place.prefix, card.place.slug) == (prefix, slug)), None)
    if card is None:
        raise Http404
    return render(request, "dashboard/_card_change.html", {"card": card, "overview": whole})


@require_safe
def show_processes(request: HttpRequest) -> HttpResponse:
    """The processes, updated, and the head of the overview."""
    context = {"look": processes.processes_now(), "overview": overview.whole()}
    return render(request, "dashboard/_processes_look.html", context)


@require_safe
def show_timeline(request: HttpRequest, prefix: str, slug: str) -> HttpResponse:
    """A page of a place's log: `?kind=&node=`, and `before=` or `after=` a version. Only operators see who acted."""
    at = place_at(prefix, slug)
    if at is None:
        raise Http404
    with_who = request.user.has_perm(OPERATE)
    log = log_of(*at, Asked.of(request.GET, at[0].kinds()), with_who=with_who)
    return render(request, "dashboard/timeline.html", {"place": at[1], "log": log})
