"""Refusals as JSON answers, for every view that speaks JSON or binary."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from live.log import event_frame
from live.models import Stream
from ringviz.errors import Invalid, NotAllowed, NotFound, Refused, StaleVersion
from ringviz.selectors.clusters import no_cluster
from ringviz.selectors.past import Trimmed

View = Callable[[HttpRequest, str], HttpResponseBase]

_STATUS: tuple[tuple[type[Refused], int], ...] = (
    (Trimmed, 410),
    (NotFound, 404),
    (NotAllowed, 403),
    (StaleVersion, 409),
    (Invalid, 400),
)


def refusals_as_json(view: View) -> View:
    """A refusal becomes `{"error"}`, with `field` where one is to blame and `events` where somebody was faster."""

    @wraps(view)
    def answer(request: HttpRequest, slug: str) -> HttpResponseBase:
        try:
            return view(request, slug)
        except Refused as refused:
            return _refusal(refused)
        except Stream.DoesNotExist:  # deleted while it was being read
            return _refusal(no_cluster(slug))

    return answer


def _refusal(refused: Refused) -> JsonResponse:
    status = next((status for kind, status in _STATUS if isinstance(refused, kind)), 400)
    said: dict[str, Any] = {"error": refused.message}
    if isinstance(refused, Invalid):
        said["field"] = refused.field
    if isinstance(refused, StaleVersion):
        said["events"] = [event_frame(event) for event in refused.events]
    return JsonResponse(said, status=status)
