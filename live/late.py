"""Requests that come too late are refused: a click that was given up must not strike afterwards.

The page says until when it waits, by the server's clock (static/js/lib/http.js); it knows that clock from heartbeats. A
process that stood still meanwhile finds such requests in its buffers, and whoever sent them has given up.
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
    """Middleware: answers 412 to a POST that is past its header. Without the header nothing is late."""

    def answer(request: HttpRequest) -> HttpResponse:
        until = whole_number(request.headers.get(UNTIL, ""))
        if request.method == "POST" and until is not None and now_ms() > until:
            return JsonResponse({"error": _("This came too late. Nothing was changed.")}, status=TOO_LATE)
        return get_response(request)

    return answer
