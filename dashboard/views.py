"""The overview and the timeline: read, say, render. Nothing here writes."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from dashboard import facts, logbook, overview, processes
from dashboard.timeline import Asked, log_of
from ringviz.models import Cluster


@require_safe
def show_overview(request: HttpRequest) -> HttpResponse:
    """Every cluster, the newest events of all, and the processes."""
    found = facts.all_facts()
    if found and request.headers.get("HX-Request"):  # a page that was empty asks whether it still is
        return HttpResponseClientRefresh()
    context = {
        "cards": [overview.card_of(one) for one in found],
        "summary": overview.summary(found),
        "events": logbook.newest(found, overview.LAST_EVENTS),
        "look": processes.look(),
    }
    return render(request, "dashboard/overview.html", context)


@require_safe
def show_cluster(request: HttpRequest, slug: str) -> HttpResponse:
    """One row of the overview again, and what else of the page speaks of its cluster."""
    found = facts.all_facts()
    one = next((one for one in found if one.slug == slug), None)
    if one is None:
        raise Http404
    context = {
        "card": overview.card_of(one),
        "summary": overview.summary(found),
        "events": logbook.newest(found, overview.LAST_EVENTS),
    }
    return render(request, "dashboard/_cluster_change.html", context)


@require_safe
def show_processes(request: HttpRequest) -> HttpResponse:
    """The processes again, and the head of the overview."""
    context = {"look": processes.look(), "summary": overview.summary(facts.all_facts())}
    return render(request, "dashboard/_processes_look.html", context)


@require_safe
def show_timeline(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of a cluster's log: `?kind=&node=`, and `before=` or `after=` a version. Who acted: operators only."""
    cluster = get_object_or_404(Cluster, slug=slug)
    with_who = request.user.has_perm("ringviz.operate")
    log = log_of(cluster, Asked.of(request.GET), with_who=with_who)
    return render(request, "ringviz/timeline.html", {"cluster": cluster, "log": log})
