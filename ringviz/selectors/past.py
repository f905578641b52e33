"""A cluster as it was at a version of its log."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext as _

from live import past
from live.models import Event
from live.past import NotKept, Parts
from live.shared import Shared
from live.subjects import UndeclaredKind
from ringviz.core.state import State
from ringviz.errors import NotFound
from ringviz.events import ring
from ringviz.selectors.clusters import Known

_KEPT = 16  # as many as for the present


class Trimmed(NotFound):
    """The log does not reach back to this version any more."""

    status = 410


def state_at(stream_id: int, version: int) -> State:
    """The state of a version of the log, in O(events since the checkpoint). Raises NotFound, Trimmed.

    Five queries, however long the log.
    """
    return cast(State, parts_at(stream_id, version)[ring.name])


def parts_at(stream_id: int, version: int) -> Parts:
    """The same for every subject of the stream, by its name."""
    try:
        return past.parts_at(stream_id, version)
    except NotKept as missing:
        raise _not_kept(missing) from None
    except UndeclaredKind:
        text = _("Version %(v)d was written by a newer version of Ringviz. Update this server to see it.")
        raise NotFound(text % {"v": version}) from None


def seen_at(now: Known, version: int) -> State:
    """The same for code that only reads: computed once for everybody. Raises the same as `state_at`."""
    if version == now.v:
        return now.state
    stream_id = now.cluster.stream_id
    check_version(stream_id, version)
    return _seen.get((now.epoch, version), lambda: state_at(stream_id, version))


_seen: Shared[State] = Shared(_KEPT)


def check_version(stream_id: int, version: int) -> None:
    """Raises Trimmed below what is kept, NotFound above the newest version."""
    try:
        past.check_version(stream_id, version)
    except NotKept as missing:
        raise _not_kept(missing) from None


def _not_kept(missing: NotKept) -> NotFound:
    if not 1 <= missing.version <= missing.head:
        return NotFound(_("There is no version %(v)d.") % {"v": missing.version})
    text = _("The log starts at version %(floor)d. Version %(v)d is no longer kept.")
    return Trimmed(text % {"floor": max(1, missing.floor), "v": missing.version})


def event_at(stream_id: int, version: int) -> Event | None:
    """The event that made a version; None if it is not kept (the floor itself)."""
    return Event.objects.filter(stream_id=stream_id, version=version).first()
