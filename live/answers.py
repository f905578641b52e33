"""Responses in JSON, binary or CSV: refusals, and responses shared between requests."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from live.models import Stream
from live.refusals import Refused
from live.shared import Shared

View = Callable[[HttpRequest, str], HttpResponseBase]

_answers: Shared[bytes] = Shared(256, size=len, most_size=16 << 20)


def shared_answer(key: Hashable, make: Callable[[], Any], *, keep: bool = True) -> HttpResponse:
    """The result of `make` as JSON, computed once for concurrent requests with this key and, if `keep`, cached.

    The key must contain everything that the result depends on except the language: the request, the epoch and the
    version.
    """
    said = _answers.get((get_language(), key), lambda: JsonResponse(make()).content, keep=keep)
    return HttpResponse(said, content_type="application/json")


def refusals_as_json(gone: Callable[[str], Refused]) -> Callable[[View], View]:
    """Decorates views that take a slug: turns a refusal into `{"error"}` with its details.

    `gone` is the message if the place was deleted while it was being read.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, slug: str) -> HttpResponseBase:
            try:
                return view(request, slug)
            except Refused as refused:
                return _told(refused)
            except Stream.DoesNotExist:
                return _told(gone(slug))

        return answer

    return decorate


def _told(refused: Refused) -> JsonResponse:
    return JsonResponse({"error": refused.message, **refused.details}, status=refused.status)
