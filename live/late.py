"""Refuses requests that arrive too late: an action that the page has given up on must not happen later.

The page sends a deadline in server time (static/js/lib/http.js), which it knows from heartbeats. A process that was
stopped may later find such requests in its buffers, after their senders have given up.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from live.asked import whole_number
from live.wire import now_ms

UNTIL = "X-Ringviz-Until"  # milliseconds since 1970
TOO_LATE = 412


def refuse_late(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: answers 412 to a POST that is past its header. Requests without the header are never late."""

    def answer(request: HttpRequest) -> HttpResponse:
        until = whole_number(request.headers.get(UNTIL, ""))
        if request.method == "POST" and until is not None and now_ms() > until:
            return JsonResponse({"error": _("This came too late. Nothing was changed.")}, status=TOO_LATE)
        return get_response(request)

    return answer
