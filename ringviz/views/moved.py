"""The keys that an event moved, or that a plan would move: a page at a time, or all as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from live.answers import shared_answer
from live.asked import Fields, fields_of, maybe_whole, whole
from live.costly import costly
from live.inert import harmless, shown
from live.sheets import csv_answer
from ringviz.models import KeySet
from ringviz.selectors.clusters import seen
from ringviz.selectors.log import oldest
from ringviz.selectors.moved import Moved, moved_between, page_of
from ringviz.selectors.past import seen_at
from ringviz.services.actions import decision_of
from ringviz.services.planning import make_plan
from ringviz.views.answers import refusals_as_json


@costly
@require_safe
@refusals_as_json
def moved(request: HttpRequest, slug: str) -> HttpResponse:
    """Page `?page=` of the keys that version `?v=` moved, or that `?plan=` would move, from `source=` to `target=`."""
    fields, now = fields_of(request), seen(slug)
    return shared_answer(
        ("moved", now.epoch, now.v, *sorted(fields.items())),
        lambda: page_of(_moved_asked(slug, fields), maybe_whole(fields, "page") or 1),
    )


@costly
@require_safe
@refusals_as_json
def moved_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """All of them: the key as shown and its bytes in hexadecimal, its hash, the names of its old and new owner."""
    return csv_answer(request, f"{slug}-moved", _lines(_moved_asked(slug, fields_of(request))))


def _lines(found: Moved) -> Iterator[Sequence[str]]:
    names = {number: harmless(name or "") for name, number in found.numbers.items()}
    yield [_("key"), _("key bytes"), _("hash"), _("from"), _("to")]
    for key, hash_, source, target in found.all_rows():
        yield [harmless(shown(key)), key.hex(), f"{hash_:08x}", names[source], names[target]]


def _moved_asked(slug: str, fields: Fields) -> Moved:
    source, target = maybe_whole(fields, "source"), maybe_whole(fields, "target")
    if "plan" in fields:
        made = make_plan(slug, decision_of(fields["plan"], fields))
        return moved_between(made.on.state, made.after, made.on.cluster.key_set, source, target)
    now, v = seen(slug), whole(fields, "v")
    after = seen_at(now, v)
    before = seen_at(now, v - 1) if v > oldest(now.cluster.stream_id) else after
    if before["keys"] != after["keys"]:
        before = after  # the key set was replaced, so nothing moved
    return moved_between(before, after, KeySet.objects.get(pk=after["keys"]["id"]), source, target)
