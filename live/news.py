"""The database reads of a hub: plain functions that run in its threads."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from live import wire
from live.feed import EncodedEvent
from live.models import Event
from live.reading import PAGE_EVENTS, Head, events_after, events_up_to, heads

# A feed starts with recent events, so that all pages that reconnect after a restart cost one read together. It reads
# them newest first in steps, because a hundred events of a large cluster can be megabytes.
WARM_STEP = 50
WARM_BYTES = 2 * 1024 * 1024
# A slow page holds one page of events in memory, so it is short.
SLOW_PAGE = 50


class News(NamedTuple):
    """The news of a stream. `head` is None if it was deleted. `reset` means that earlier knowledge is void."""

    head: Head | None
    events: list[EncodedEvent]
    reset: bool = False


def read_news(known: Mapping[int, Head]) -> dict[int, News]:
    """What happened to the streams since the known heads. Streams without news are left out."""
    now = heads(known)
    news: dict[int, News] = {}
    for stream_id, old in known.items():
        head = now.get(stream_id)
        if head is None:
            news[stream_id] = News(None, [])
        elif head.epoch != old.epoch or head.version < old.version:
            news[stream_id] = News(head, [], reset=True)
        elif head.version > old.version:
            news[stream_id] = News(head, _events_since(stream_id, old.version, head.version))
    return news


def _events_since(stream_id: int, version: int, head: int) -> list[EncodedEvent]:
    """All new events, or only the newest page if there are too many to send one by one."""
    if head - version > PAGE_EVENTS:
        return _encoded(reversed(events_up_to(stream_id, head)))
    return _encoded(events_after(stream_id, version))


def read_recent(stream_id: int, head: Head) -> list[EncodedEvent]:
    """The newest events up to the head, in order and without a gap, bounded by count and bytes."""
    newest_first: list[EncodedEvent] = []
    size = 0
    while len(newest_first) < PAGE_EVENTS and size < WARM_BYTES:
        version = head.version - len(newest_first)
        step = _encoded(events_up_to(stream_id, version, WARM_STEP))
        unbroken = [event for back, event in enumerate(step) if event.version == version - back]
        newest_first += unbroken
        size += sum(len(event.text) for event in unbroken)
        if len(unbroken) < WARM_STEP:
            break
    return newest_first[::-1]


def read_page(stream_id: int, version: int) -> list[EncodedEvent]:
    """A short page of events after `version`."""
    return _encoded(events_after(stream_id, version, SLOW_PAGE))


def _encoded(rows: Iterable[Event]) -> list[EncodedEvent]:
    return [EncodedEvent(row.version, wire.event(row)) for row in rows]
