"""The events of a cluster as lists show them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from live.log import event_frame
from live.models import Event
from live.reading import floor, head
from live.subjects import event_words
from ringviz.events import ring

MOST_ROWS = 500


def oldest(stream_id: int) -> int:
    """The oldest version that can still be shown; 1 is the very first."""
    return max(1, floor(stream_id))


def log_page(
    stream_id: int, *, before: int | None, lowest: int | None, limit: int, kind: str, with_who: bool
) -> dict[str, Any]:
    """`{"head", "floor", "events"}`, newest first: the ring's events with `lowest` <= version < `before`."""
    events = Event.objects.filter(stream_id=stream_id, kind__in=list(ring.kinds))
    if before is not None:
        events = events.filter(version__lt=before)
    if lowest is not None:
        events = events.filter(version__gte=lowest)
    if kind:
        events = events.filter(kind=kind)
    rows = [_row(event, with_who=with_who) for event in events.order_by("-version")[: min(limit, MOST_ROWS)]]
    return {"head": head(stream_id).version, "floor": oldest(stream_id), "events": rows}


def _row(event: Event, *, with_who: bool) -> dict[str, Any]:
    movement = event.payload.get("movement") or {}
    keys, moved = movement.get("keys", 0), movement.get("moved", 0)
    label, text = event_words(event.kind, event.payload)
    frame = event_frame(event)
    row: dict[str, Any] = {name: frame[name] for name in ("v", "kind", "at")}
    row.update(label=label, text=text, moved=moved, keys=keys, share=moved / keys if keys else 0)
    row["lost"] = (event.payload.get("loss") or {}).get("keys", 0)
    if with_who:
        row["who"] = _("%(actor)s, %(origin)s") % {"actor": event.actor, "origin": event.origin}
    return row
