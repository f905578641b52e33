"""The keys that an event moved, or that a plan would move: a page at a time, or all as CSV."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Iterator
from itertools import islice

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ringviz.core.text import shown
from ringviz.models import KeySet
from ringviz.selectors.clusters import cluster_of
from ringviz.selectors.log import oldest
from ringviz.selectors.moved import Moved, moved_between, page_of
from ringviz.selectors.past import state_at
from ringviz.services.actions import Fields, decision_of, maybe_whole, whole
from ringviz.services.planning import make_plan
from ringviz.views.answers import refusals_as_json
from ringviz.views.asked import fields_of

_PART_LINES = 500
_FORMULA = (*"=+-@", *"＝＋－＠", "\t", "\r")  # the wide ones begin a formula where East Asian text is typed


@require_safe
@refusals_as_json
def moved(request: HttpRequest, slug: str) -> HttpResponse:
    """Page `?page=` of the keys that version `?v=` moved (or `?plan=` would), from `source=` to `target=`."""
    fields = fields_of(request)
    return JsonResponse(page_of(_moved_asked(slug, fields), maybe_whole(fields, "page") or 1))


@require_safe
@refusals_as_json
def moved_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """All of them: the key as shown and its bytes in hexadecimal, its hash, the names of giver and receiver."""
    found = _moved_asked(slug, fields_of(request))
    parts = _parts(found)
    # An ASGI server takes an asynchronous stream; a synchronous one it would read whole before it sends.
    stream = _awaited(parts) if isinstance(request, ASGIRequest) else parts
    response = StreamingHttpResponse(stream, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-moved.csv"'
    return response


def _lines(found: Moved) -> Iterator[str]:
    names = {number: _harmless(name or "") for name, number in found.numbers.items()}
    writer = csv.writer(_Echo())
    yield writer.writerow([_("key"), _("key bytes"), _("hash"), _("from"), _("to")])
    for key, hash_, source, target in found.all_rows():
        yield writer.writerow([_harmless(shown(key)), key.hex(), f"{hash_:08x}", names[source], names[target]])


def _parts(found: Moved) -> Iterator[str]:
    """The lines, a few hundred at a time."""
    lines = _lines(found)
    while part := "".join(islice(lines, _PART_LINES)):
        yield part


async def _awaited(parts: Iterator[str]) -> AsyncIterator[str]:
    """The same for a server that must not be blocked. No part needs the database, and so not its thread."""
    read = sync_to_async(lambda: next(parts, ""), thread_sensitive=False)
    while part := await read():
        yield part


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def _harmless(text: str) -> str:
    """A spreadsheet takes a cell that begins like this for a formula; the bytes in hexadecimal are the truth."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _moved_asked(slug: str, fields: Fields) -> Moved:
    source, target = maybe_whole(fields, "source"), maybe_whole(fields, "target")
    if "plan" in fields:
        made = make_plan(slug, decision_of(fields["plan"], fields))
        return moved_between(made.on.state, made.after, made.on.cluster.key_set, source, target)
    stream_id, v = cluster_of(slug).stream_id, whole(fields, "v")
    after = state_at(stream_id, v)
    before = state_at(stream_id, v - 1) if v > oldest(stream_id) else after
    if before["keys"] != after["keys"]:
        before = after  # other keys: none of them moved
    return moved_between(before, after, KeySet.objects.get(pk=after["keys"]["id"]), source, target)
