"""What operators do to a source: pause the watching, break a lock."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from live.actors import actor_of
from live.asked import Fields, fields_of, maybe_whole
from live.log import event_frame
from live.models import Event
from locks.bounds import MAX_SHOWN_KEY
from locks.core.retaken import Glimpse
from locks.core.rows import bytes_of
from locks.refusals import Invalid
from locks.selectors.detail import check_id
from locks.services.breaking import Shown, Wish, break_shown
from locks.services.sources import check_allowed, set_paused
from locks.views.answers import refusals_as_json


@require_POST
@refusals_as_json
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    """Pauses the watching with `on=1`, resumes it with `on=0`: `{"event"}`, null if nothing changed."""
    on = fields_of(request).get("on") == "1"
    return _told(set_paused(slug, actor_of(request), on=on))


@require_POST
@refusals_as_json
def break_lock(request: HttpRequest, slug: str) -> HttpResponse:
    """Breaks the hold `id` with the `proof` that was shown, for a `reason`: `{"v", "event"}`, once per `key`.

    `lock` is its key as rows have it, in JSON; `since`, `ends_at` and `renews` (1) are what else was shown. Answers 409
    with "rows", the holders now, if the lock is no longer as shown.
    """
    fields = fields_of(request)
    row_id, actor = fields.get("id", ""), actor_of(request)
    check_allowed(actor)
    check_id(row_id)
    wish = Wish(actor, fields.get("reason", ""), fields.get("key", ""))
    shown = Shown(row_id, fields.get("proof", ""), _key_of(fields), _glimpse_of(fields))
    return _told(break_shown(slug, shown, wish))


def _key_of(fields: Fields) -> bytes | None:
    """Raises Invalid."""
    if not (given := fields.get("lock", "")):
        return None
    try:
        return bytes_of(json.loads(given[: MAX_SHOWN_KEY + 1]))
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid("lock", given[:40], _("Give the key of the lock as the table has it, as JSON.")) from error


def _glimpse_of(fields: Fields) -> Glimpse | None:
    """Raises Invalid."""
    since = maybe_whole(fields, "since")
    return None if since is None else Glimpse(since, maybe_whole(fields, "ends_at"), fields.get("renews") == "1")


def _told(event: Event | None) -> JsonResponse:
    return JsonResponse({"v": event.version, "event": event_frame(event)} if event else {"v": None, "event": None})
