"""The race on the Balancer page: an empty page at once, then figures and trace after the simulation, and CSV."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from balancer.selectors.race import raced
from balancer.selectors.trace import trace_file
from balancer.views.asked import address, asked, is_of_form
from balancer.views.form import form_of
from balancer.views.shown import figures_of, headline_before, lines_of
from live.costly import costly
from live.places import Place, place_at
from live.refusals import NotFound, Refused
from live.sheets import csv_answer
from ringviz.selectors.clusters import PREFIX, no_cluster
from ringviz.views.answers import refusals_as_json


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page for the race in the URL (`balancer.views.asked`). It then requests `figures`.

    A form's query redirects to the race's own URL.
    """
    try:
        place = _place(slug)
    except NotFound as refused:
        raise Http404(refused.message) from refused
    context: dict[str, Any] = {"place": place, "form": form_of(request.GET), "home": _at("race", slug)}
    try:
        race = asked(request.GET)
    except Refused as refused:
        return render(request, "balancer/race.html", context | {"error": refused.message}, status=400)
    query = address(race)
    if is_of_form(request.GET):
        return HttpResponseRedirect(_at("race", slug) + query)
    context |= {"race": race, "headline": headline_before(race), "figures": _at("race_figures", slug) + query}
    return render(request, "balancer/race.html", context)


@costly
@require_safe
@refusals_as_json
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures of the race in the page's URL: rows with canvases, and tables."""
    _place(slug)
    race = asked(request.GET)
    query = address(race)
    links = {
        "trace": _at("race_trace", slug) + query,
        "csv": _at("race_csv", slug) + query,
        "freeze": _at("race", slug) + address(race.with_freeze()),
    }
    return render(request, "balancer/_race_figures.html", {"race": race, **figures_of(raced(race)), **links})


@costly
@require_safe
@refusals_as_json
def trace(request: HttpRequest, slug: str) -> HttpResponse:
    """race.bin: the first requests under each policy, see `balancer.selectors.trace`."""
    _place(slug)
    return HttpResponse(trace_file(raced(asked(request.GET))), content_type="application/octet-stream")


@costly
@require_safe
@refusals_as_json
def sheet(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The tables as CSV: a line for each policy and the limit."""
    _place(slug)
    return csv_answer(request, f"{slug}-race", lines_of(raced(asked(request.GET))))


def _place(slug: str) -> Place:
    """Raises NotFound."""
    at = place_at(PREFIX, slug)
    if at is None:
        raise no_cluster(slug)
    return at[1]


def _at(view: str, slug: str) -> str:
    return reverse(f"balancer:{view}", args=[slug])
