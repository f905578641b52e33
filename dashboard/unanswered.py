"""The answer to a request that cannot be served now: immediate, with status 503 and what to do.

Used while the database is silent or locked, and when there are too many requests (dashboard/visitors).

Nothing is half done then: every change is one transaction.
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
    """Limits how long views wait for the database to a few seconds, and reports what failed."""

    def process_view(self, *_view: object) -> None:
        """A person waits for the answer."""
        hurry()

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer of a view that failed because of the database; other failures are not handled here."""
        return unanswered(request, error) if is_silent(error) else None


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: Django's, except that failures of the database get the same answer, in middleware too."""
    error = sys.exc_info()[1]
    return unanswered(request, error) if is_silent(error) else default_server_error(request)


def unanswered(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """The database is silent or locked, or cannot write."""
    if is_full(error):
        title = _("The database cannot be written to")
        return _later(request, title, _("The database's disk is full or read-only. Nothing was changed."))
    title = _("The database does not answer")
    return _later(request, title, _("The database does not answer. Nothing was changed. Try again in a few seconds."))


def too_many(request: HttpRequest) -> HttpResponse:
    """There are too many requests, or this one's turn did not come in time."""
    title = _("This server is busy")
    return _later(request, title, _("This server is busy. Nothing was changed. Try again in a few seconds."))


def _later(request: HttpRequest, title: str, text: str) -> HttpResponse:
    """A page for browsers, otherwise `{"error"}`."""
    wants_page = "text/html" in request.headers.get("Accept", "")
    told = {"title": title, "said": text}
    answer = render(None, "503.html", told) if wants_page else JsonResponse({"error": text})
    answer.status_code = 503
    answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer
