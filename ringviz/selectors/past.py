"""A cluster as it was: the newest checkpoint that is not above a version, and the events since, folded."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext as _

from live.models import Event
from live.reading import checkpoint_at_or_before, floor, head
from ringviz.core.state import State, apply
from ringviz.errors import NotFound

_EVENTS_AT_A_TIME = 32  # in memory: one of ten thousand nodes can be a megabyte
_TRIES = 3  # against trimming in between, which happens once in hundreds of events


class Trimmed(NotFound):
    """The log does not reach back to this version any more."""


def state_at(stream_id: int, version: int) -> State:
    """The state of a version of the log, in O(events since the checkpoint). Raises NotFound, Trimmed.

    Five queries, however long the log.
    """
    for _attempt in range(_TRIES):
        check_version(stream_id, version)
        state = _folded(stream_id, version)
        if state is not None:
            return state
    raise _trimmed(stream_id, version)


def _folded(stream_id: int, version: int) -> State | None:
    """None where events are missing: the log was trimmed between these reads."""
    base = checkpoint_at_or_before(stream_id, version)
    state = cast("State | None", base.state if base else None)
    at = base.version if base else 0
    rows = Event.objects.filter(stream_id=stream_id, version__gt=at, version__lte=version).order_by("version")
    for v, kind, payload in rows.values_list("version", "kind", "payload").iterator(chunk_size=_EVENTS_AT_A_TIME):
        if v != at + 1:
            return None
        state, at = apply(state, kind, payload), v
    return state if at == version else None


def check_version(stream_id: int, version: int) -> None:
    """Raises Trimmed below what is kept, NotFound above what has happened."""
    if version > head(stream_id).version or version < 1:
        raise NotFound(_("There is no version %(v)d.") % {"v": version})
    if version < floor(stream_id):
        raise _trimmed(stream_id, version)


def _trimmed(stream_id: int, version: int) -> Trimmed:
    text = _("The log reaches back to version %(floor)d; version %(v)d is gone.")
    return Trimmed(text % {"floor": max(1, floor(stream_id)), "v": version})


def event_at(stream_id: int, version: int) -> Event | None:
    """The event that made a version; None where it is not kept (the floor itself)."""
    return Event.objects.filter(stream_id=stream_id, version=version).first()
