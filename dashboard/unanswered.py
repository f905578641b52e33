"""What a request is answered that cannot be served now: soon, with status 503 and what to do.

That is so while the database is silent or held, and where too many ask (dashboard/visitors).

Nothing is half done then: what is changed is changed in one transaction.
"""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django.views.defaults import server_error as default_server_error

from live.outage import is_full, is_silent
from live.turns import hurry

RETRY_AFTER_S = 5


class Unanswered(MiddlewareMixin):
    """Views wait for the database a few seconds at most, and what they could not do is said."""

    def process_view(self, *_view: object) -> None:
        """Somebody waits for the answer."""
        hurry()

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer of a view that failed for want of the database; other failures are not ours."""
        return unanswered(request, error) if is_silent(error) else None


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: as Django's; for want of the database, which middleware needs as well as views, the same answer."""
    error = sys.exc_info()[1]
    return unanswered(request, error) if is_silent(error) else default_server_error(request)


def unanswered(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """The database is silent or held, or cannot write."""
    if is_full(error):
        title = _("The database cannot be written")
        return _later(request, title, _("The database's disk is full or read-only. Nothing was changed."))
    title = _("The database does not answer")
    return _later(request, title, _("The database does not answer. Nothing was changed. Try again in a few seconds."))


def too_many(request: HttpRequest) -> HttpResponse:
    """Too many ask, or their turn did not come in time."""
    title = _("This server is busy")
    return _later(request, title, _("This server is busy. Nothing was changed. Try again in a few seconds."))


def _later(request: HttpRequest, title: str, text: str) -> HttpResponse:
    """A page for who reads pages, else `{"error"}`."""
    wants_page = "text/html" in request.headers.get("Accept", "")
    told = {"title": title, "said": text}
    answer = render(None, "503.html", told) if wants_page else JsonResponse({"error": text})
    answer.status_code = 503
    answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer
