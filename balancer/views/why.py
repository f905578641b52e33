"""Why a request went to its node, as a part of the page; and the driver's newest frames."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balancer.selectors.why import Pick, why
from balancer.stores import frames
from balancer.views.explaining import shown
from live.asked import Fields, fields_of
from live.refusals import Invalid
from live.store import StoreGone
from live.wire import now_ms
from ringviz.selectors.clusters import cluster_of
from ringviz.views.answers import refusals_as_json

UNSTORED = "unstored"
GONE = "gone"


@require_safe
@refusals_as_json
def panel(request: HttpRequest, slug: str) -> HttpResponse:
    """The request `?request=RUN-NUMBER`, or `?pick=newest|slowest`, of the node `?node=NAME` if that is given.

    Where there is no such request the answer is a sentence, not an error: a link may outlive what it leads to.
    """
    stream_id, fields = cluster_of(slug).stream_id, fields_of(request)
    asked, node = fields.get("request", ""), fields.get("node", "")
    try:
        found = why(stream_id, asked, _pick(fields), node)
    except StoreGone:
        return render(request, "balancer/_why.html", {"state": UNSTORED})
    if found is None:
        return render(request, "balancer/_why.html", {"state": GONE, "asked": asked, "node": node})
    return render(request, "balancer/_why.html", shown(found))


@require_safe
@refusals_as_json
def recent(request: HttpRequest, slug: str) -> JsonResponse:
    """The frames of the last 40 s, the oldest first, as `balancer.driving.keeping.thin` has them, if there are any."""
    stream_id = cluster_of(slug).stream_id
    try:
        found = frames.recent(stream_id, now_ms())
    except StoreGone:
        found = []
    return JsonResponse(found, safe=False)


def _pick(fields: Fields) -> Pick:
    text = fields.get("pick", "") or Pick.NEWEST
    if text not in {*Pick}:
        raise Invalid("pick", text, _("Choose newest or slowest."))
    return Pick(text)
