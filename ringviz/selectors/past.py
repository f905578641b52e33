"""A cluster as it was: the newest checkpoint that is not above a version, and the events since, folded."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext as _

from live.models import Event
from live.reading import checkpoint_at_or_before, floor, head
from ringviz.core.state import State, apply
from ringviz.errors import NotFound


class Trimmed(NotFound):
    """The log does not reach back to this version any more."""


def state_at(stream_id: int, version: int) -> State:
    """The state of a version of the log, in O(events since the checkpoint). Raises NotFound, Trimmed."""
    check_version(stream_id, version)
    base = checkpoint_at_or_before(stream_id, version)
    state = cast(State, base.state) if base else None
    since = base.version if base else 0
    rows = Event.objects.filter(stream_id=stream_id, version__gt=since, version__lte=version).order_by("version")
    for kind, payload in rows.values_list("kind", "payload"):
        state = apply(state, kind, payload)
    if state is None:
        raise NotFound(_("There is no version %(v)d.") % {"v": version})
    return state


def check_version(stream_id: int, version: int) -> None:
    """Raises Trimmed below what is kept, NotFound above what has happened."""
    if version > head(stream_id).version or version < 1:
        raise NotFound(_("There is no version %(v)d.") % {"v": version})
    oldest = max(1, floor(stream_id))
    if version < oldest:
        text = _("The log reaches back to version %(floor)d; version %(v)d is gone.")
        raise Trimmed(text % {"floor": oldest, "v": version})


def event_at(stream_id: int, version: int) -> Event | None:
    """The event that made a version; None where it is not kept (the floor itself)."""
    return Event.objects.filter(stream_id=stream_id, version=version).first()
