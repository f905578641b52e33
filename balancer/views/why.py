"""The panel that explains why a request went to its node, and the driver's newest frames."""

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
    """The request `?request=RUN-NUMBER`, or `?pick=newest|slowest`, optionally of the node `?node=NAME`.

    A missing request gives a sentence, not an error, because a link may outlive its request.
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
    """The frames of the last 40 s, oldest first, in the form of `balancer.driving.keeping.thin`."""
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
