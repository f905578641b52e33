"""The stage: the content of its panel, and operators' requests."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from live.actors import actor_of
from live.asked import fields_of
from live.log import event_frame
from locks.selectors.sources import source_of
from locks.selectors.stage import panel_of
from locks.services.stage import ask
from locks.views.answers import refusals_as_json


@require_safe
@refusals_as_json
def panel(_request: HttpRequest, slug: str) -> HttpResponse:
    """See `selectors.stage.panel_of`."""
    answer = JsonResponse(panel_of(source_of(slug)))
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@refusals_as_json
def asked(request: HttpRequest, slug: str) -> HttpResponse:
    """Requests what the form's `what` says: `{"v", "event"}`. A request sent twice with the same `key` runs once."""
    event = ask(slug, actor_of(request), fields_of(request))
    return JsonResponse({"v": event.version, "event": event_frame(event)})
