"""The last change of a cluster, for pages that open after it."""

from __future__ import annotations

from typing import Any, Final, TypedDict

from live.log import event_frame
from live.models import Event
from ringviz.core.state import State
from ringviz.errors import NotFound
from ringviz.events import ring, shows
from ringviz.selectors.clusters import Known
from ringviz.selectors.past import seen_at

SEEDED: Final = "seed"  # the origin of the events that make a cluster; they are not changes


class LastChange(TypedDict):
    """The event, and the state before it."""

    event: dict[str, Any]
    before: State


def last_change(now: Known, floor: int) -> LastChange | None:
    """The newest change, unless a later event has ended its picture.

    One query, and the state before the change. None as well if that state is unknown: the log, kept from `floor` on,
    may not reach back to it, or a newer version of Ringviz wrote it.
    """
    deciding = [name for name in ring.kinds if shows(name) in {"change", "nothing"}]
    events = Event.objects.filter(stream_id=now.cluster.stream_id, kind__in=deciding, version__lte=now.v)
    newest = events.order_by("-version").first()
    if newest is None or shows(newest.kind) != "change" or newest.origin == SEEDED or newest.version <= floor:
        return None
    try:
        before = seen_at(now, newest.version - 1)
    except NotFound:
        return None
    return LastChange(event=event_frame(newest), before=before)
