"""Rebuilds streams at past versions: the newest checkpoint up to then plus the events since, folded by subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from live.models import Event
from live.reading import checkpoint_at_or_before, floor, head
from live.subjects import declared, known

Parts = dict[str, Any]
"""A stream's state: each subject's state by the subject's name."""

_EVENTS_AT_A_TIME = 32  # in memory; an event of ten thousand nodes can be a megabyte
_TRIES = 3  # in case the log is trimmed in between, once in hundreds of events


class NotKept(LookupError):
    """The log can only rebuild versions from `floor` to `head`."""

    def __init__(self, version: int, floor: int, head: int) -> None:
        super().__init__(f"version {version} is not among {floor} to {head}")
        self.version = version
        self.floor = floor
        self.head = head


def fold(parts: Parts, kind: str, payload: Any) -> Parts:
    """The parts after an event. Does not change its arguments. Raises UndeclaredKind."""
    found = declared(kind)
    name = found.subject.name
    return {**parts, name: found.fold(parts.get(name), payload)}


def fold_known(parts: Parts, kind: str, payload: Any) -> Parts:
    """The same, but ignores events of unknown kinds, which a newer process wrote."""
    return fold(parts, kind, payload) if known(kind) else parts


def parts_at(stream_id: int, version: int, by: Callable[[Parts, str, Any], Parts] = fold) -> Parts:
    """The state of every subject at a version, in O(events since the checkpoint). Always five queries.

    Raises NotKept, UndeclaredKind, Stream.DoesNotExist.
    """
    for _attempt in range(_TRIES):
        check_version(stream_id, version)
        parts = _folded(stream_id, version, by)
        if parts is not None:
            return parts
    raise NotKept(version, floor(stream_id), head(stream_id).version)


def check_version(stream_id: int, version: int) -> None:
    """Raises NotKept for a version in the future or one that has left the log."""
    newest = head(stream_id).version
    lowest = floor(stream_id)
    if not max(1, lowest) <= version <= newest:
        raise NotKept(version, lowest, newest)


def _folded(stream_id: int, version: int, by: Callable[[Parts, str, Any], Parts]) -> Parts | None:
    """None if events are missing because the log was trimmed between these reads."""
    base = checkpoint_at_or_before(stream_id, version)
    parts: Parts = base.state if base else {}
    at = base.version if base else 0
    rows = Event.objects.filter(stream_id=stream_id, version__gt=at, version__lte=version).order_by("version")
    for v, kind, payload in rows.values_list("version", "kind", "payload").iterator(chunk_size=_EVENTS_AT_A_TIME):
        if v != at + 1:
            return None
        parts, at = by(parts, kind, payload), v
    return parts if at == version else None
