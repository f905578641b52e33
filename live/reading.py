"""Reading the event log. Always by version, never by id."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from django.db.models import Min

from live.models import Checkpoint, Event, Stream
from live.turns import write_turn

T = TypeVar("T")

PAGE_EVENTS = 500
STABLE_TRIES = 5


class Head(NamedTuple):
    """The newest version of a stream, and its epoch."""

    version: int
    epoch: str


def head(stream_id: int) -> Head:
    """The stream's current head. Raises Stream.DoesNotExist."""
    return Head(*Stream.objects.values_list("version", "epoch").get(pk=stream_id))


def heads(stream_ids: Iterable[int]) -> dict[int, Head]:
    """The heads of many streams in one query. Missing streams are left out."""
    rows = Stream.objects.filter(pk__in=list(stream_ids)).values_list("pk", "version", "epoch")
    return {pk: Head(version, epoch) for pk, version, epoch in rows}


def events_after(stream_id: int, version: int, limit: int = PAGE_EVENTS) -> list[Event]:
    """At most `limit` events above `version`, in order. Complete only if `version` is not below the floor."""
    return list(Event.objects.filter(stream_id=stream_id, version__gt=version).order_by("version")[:limit])


def events_up_to(stream_id: int, version: int, limit: int = PAGE_EVENTS) -> list[Event]:
    """At most `limit` events up to and with `version`, newest first."""
    return list(Event.objects.filter(stream_id=stream_id, version__lte=version).order_by("-version")[:limit])


def floor(stream_id: int) -> int:
    """The oldest version from which `events_after` is complete. Raises Stream.DoesNotExist."""
    now = head(
        stream_id
    ).version  # read before the minimum, so that an event in between does not raise the floor above it
    oldest: int | None = Event.objects.filter(stream_id=stream_id).aggregate(oldest=Min("version"))["oldest"]
    return now if oldest is None else oldest - 1


def checkpoint_at_or_before(stream_id: int, version: int) -> Checkpoint | None:
    """The newest checkpoint that is not above `version`."""
    return Checkpoint.objects.filter(stream_id=stream_id, version__lte=version).order_by("-version").first()


def read_stable(stream_id: int, read: Callable[[], T]) -> tuple[Head, T]:
    """The result of `read`, and the exact version that it belongs to. Reads the version before and after until both
    agree.

    If writers are faster than `read`, the last try locks them out. Raises Stream.DoesNotExist.
    """
    before = head(stream_id)
    for _ in range(STABLE_TRIES):
        result = read()
        after = head(stream_id)
        if after == before:
            return after, result
        before = after
    with write_turn():
        row = Stream.objects.select_for_update().get(pk=stream_id)
        return Head(row.version, row.epoch), read()
