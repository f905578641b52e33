"""What a page reads of locks: a search, one lock, all of them as CSV."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from live.actors import OPERATE
from live.asked import fields_of
from live.sheets import csv_answer
from locks.selectors.detail import detail_of
from locks.selectors.find import find, page_of, wanted_of
from locks.selectors.sheet import lines_of
from locks.selectors.sources import source_of
from locks.views.answers import refusals_as_json


@require_safe
@refusals_as_json
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """`{"total", "rows", "now"}` of `?q=&client=&confidence=&alert=&pattern=&sort=&offset=&limit=`."""
    return JsonResponse(page_of(source_of(slug).slug, fields_of(request)))


@require_safe
@refusals_as_json
def lock(request: HttpRequest, slug: str) -> HttpResponse:
    """One lock by `?id=`, of its row or lane: see `selectors.detail.detail_of`."""
    row_id = fields_of(request).get("id", "")
    return JsonResponse(detail_of(source_of(slug), row_id, may_operate=request.user.has_perm(OPERATE)))


@require_safe
@refusals_as_json
def csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Every lock that matches, with the filters of `search`."""
    source = source_of(slug)
    return csv_answer(request, f"{source.slug}-locks", lines_of(find(source.slug, wanted_of(fields_of(request)))))
