"""Writing the event log: the one function through which a stream changes.

    with write(stream_id, expected=version) as draft:
        ...change the rows...
        draft.record(NodeKilled(...), actor)

Either everything is committed and the version rises by one, or nothing is. The UPDATE of the stream's row comes first.
Its lock is held until the commit, so versions are committed in order and a reader by `version > head` never misses one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F

from live.actor import Actor
from live.hints import publish_hint
from live.models import ACTOR_LENGTH, Event, Stream
from live.subjects import encode
from live.turns import write_turn


class Conflict(Exception):
    """Somebody else wrote first: the stream is at `actual`, but the change was decided at `expected`.

    Nothing was written.
    """

    def __init__(self, stream: int, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream} is at version {actual}, not {expected}")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class OneEventAWrite(RuntimeError):
    """A write recorded no event or several. This is a bug in the caller; nothing was written."""


@dataclass(slots=True)
class Draft:
    """A write in progress. `version` is its event's version."""

    stream_id: int
    version: int
    event: Event | None = field(default=None, init=False)

    def record(self, payload: object, actor: Actor, key: str = "") -> Event:
        """Writes the event of this change. Call it exactly once. `key` is the request's idempotency key.

        Raises IntegrityError if the stream has an event with that key, OneEventAWrite on a second call, and
        UndeclaredKind or UndeclaredField for an undeclared payload.
        """
        if self.event is not None:
            raise OneEventAWrite(f"version {self.version} already has its event")
        kind, values = encode(payload)
        self.event = Event.objects.create(
            stream_id=self.stream_id,
            version=self.version,
            kind=kind,
            payload=values,
            actor=actor.name[:ACTOR_LENGTH],
            origin=actor.origin,
            key=key,
        )
        return self.event


def create_stream(name: str) -> Stream:
    """Creates an empty stream at version 0. Raises IntegrityError if the name is taken."""
    return Stream.objects.create(name=name)


def delete_stream(stream_id: int) -> None:
    """Deletes a stream with its events and checkpoints. Pages that have it open hear of it within a second."""
    with write_turn():
        Stream.objects.filter(pk=stream_id).delete()
        transaction.on_commit(partial(publish_hint, stream_id, 0), robust=True)


@contextmanager
def write(stream_id: int, *, expected: int | None = None) -> Iterator[Draft]:
    """A change of a stream and its event, in one transaction.

    Raises Conflict if `expected` is given and is not the stream's version, Stream.DoesNotExist if there is no such
    stream, and OneEventAWrite if the block ends without an event.
    """
    with write_turn():
        Stream.objects.filter(pk=stream_id).update(version=F("version") + 1)
        version = Stream.objects.values_list("version", flat=True).get(pk=stream_id)
        if expected is not None and version - 1 != expected:
            raise Conflict(stream_id, expected, version - 1)
        draft = Draft(stream_id, version)
        yield draft
        if draft.event is None:
            raise OneEventAWrite(f"version {version} of stream {stream_id} has no event")
        transaction.on_commit(partial(publish_hint, stream_id, version), robust=True)


def event_frame(event: Event) -> dict[str, Any]:
    """The event as sent to pages. It does not contain who acted, or from where.

    It has "key" if the request gave one, so that the page recognises its own event.
    """
    told = {
        "type": "event",
        "v": event.version,
        "kind": event.kind,
        "at": timestamp(event.at),
        "payload": event.payload,
    }
    return {**told, "key": event.key} if event.key else told


def timestamp(at: datetime) -> str:
    """Formats a time for streams: ISO 8601 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
