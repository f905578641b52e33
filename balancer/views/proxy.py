"""The part of the Balancer page about the proxy in front of a cluster's nodes. Read-only."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from balancer.driving.fronted import front_of
from ringviz.errors import NotFound
from ringviz.selectors.clusters import seen


@require_safe
def front(request: HttpRequest, slug: str) -> HttpResponse:
    """The current proxy, or how to start one."""
    try:
        now = seen(slug)
    except NotFound as refused:
        raise Http404(refused.message) from refused
    return render(request, "balancer/_proxy.html", {"cluster": now.cluster, "front": front_of(now)})
