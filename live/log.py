"""Writing the event log: the one function through which a stream changes.

    with write(stream_id, expected=version) as draft:
        ...change the rows...
        draft.record(NodeKilled(...), actor)

Either all of it is committed, the version risen by one, or nothing is. The UPDATE of the stream's row comes first:
whoever holds that row lock commits before the next version is given out, so that a reader by `version > head` can never
miss one.
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
    """Somebody else wrote first: the stream is at `actual`, the change was decided at `expected`.

    Nothing was written.
    """

    def __init__(self, stream: int, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream} is at version {actual}, not {expected}")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class OneEventAWrite(RuntimeError):
    """A write recorded no event, or more than one. A mistake of the caller; nothing was written."""


@dataclass(slots=True)
class Draft:
    """A write in progress. `version` is the one that its event will have."""

    stream_id: int
    version: int
    event: Event | None = field(default=None, init=False)

    def record(self, payload: object, actor: Actor, key: str = "") -> Event:
        """Writes the event of this change, exactly once; `key` is the idempotency key of what it answers.

        Raises IntegrityError where the stream has an event of that key, OneEventAWrite the second time, UndeclaredKind
        or UndeclaredField for a payload that is not declared.
        """
        if self.event is not None:
            raise OneEventAWrite(f"version {self.version} has its event already")
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
    """A new, empty stream at version 0. Raises IntegrityError when the name is taken."""
    return Stream.objects.create(name=name)


def delete_stream(stream_id: int) -> None:
    """Ends a stream, its events and checkpoints. Pages that have it open are told within a second."""
    with write_turn():
        Stream.objects.filter(pk=stream_id).delete()
        transaction.on_commit(partial(publish_hint, stream_id, 0), robust=True)


@contextmanager
def write(stream_id: int, *, expected: int | None = None) -> Iterator[Draft]:
    """A change of a stream and its event, in one transaction.

    Raises Conflict when `expected` is given and is not the stream's version, Stream.DoesNotExist when there is no such
    stream, OneEventAWrite when the block ends without an event.
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
    """The event as it goes over the wire. Who acted, and from where, is not in it.

    "key" is there where a request gave one: the page that sent it knows its own event by that.
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
    """A time as streams tell it: ISO 8601 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
