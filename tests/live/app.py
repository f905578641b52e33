"""The smallest possible subject: a stream of counters. Its state is the sum of everything added, by name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")

from django.apps import apps

if not apps.ready:  # in a server process; pytest-django has already set up Django
    import django

    django.setup()

from channels.routing import URLRouter
from django.urls import path

from live.actor import Actor
from live.consumer import StreamConsumer
from live.log import write
from live.models import Event, Stream
from live.reading import read_stable
from live.subjects import EventWords, Subject
from live.turns import write_turn

KIND = "test_counted"
WRITER = Actor("somebody", "system", True)


class Count(TypedDict):
    name: str
    total: int


counters = Subject("counters")


def apply(state: dict[str, int] | None, payload: Mapping[str, Any]) -> dict[str, int]:
    count = payload["count"]
    return {**(state or {}), count["name"]: count["total"]}


def _words(payload: Mapping[str, Any]) -> EventWords:
    return EventWords(payload["count"]["name"], f"{payload['count']['name']} counted")


@counters.kind(KIND, title="Counted", fold=apply, words=_words)
@dataclass(frozen=True)
class Counted:
    """The name's total after the change: absolute, as the payload of every event is."""

    count: Count
    note: str | None


def state_of(stream_id: int) -> dict[str, int]:
    state: dict[str, int] = {}
    for payload in Event.objects.filter(stream_id=stream_id).order_by("version").values_list("payload", flat=True):
        state = apply(state, payload)
    return state


def add(stream_id: int, name: str = "a", *, expected: int | None = None, note: str | None = None) -> Event:
    """Adds one to `name`, reading and writing in one transaction."""
    with write(stream_id, expected=expected) as draft:
        total = state_of(stream_id).get(name, 0) + 1
        return draft.record(Counted({"name": name, "total": total}, note), WRITER)


def fill(stream_id: int, count: int, note: str | None = None) -> None:
    """Adds this many events of "a" at once, as if written one by one."""
    with write_turn():
        first = Stream.objects.values_list("version", flat=True).get(pk=stream_id) + 1
        rows = [
            Event(stream_id=stream_id, version=n, kind=KIND, payload={"count": {"name": "a", "total": n}, "note": note})
            for n in range(first, first + count)
        ]
        Event.objects.bulk_create(rows, batch_size=200)
        Stream.objects.filter(pk=stream_id).update(version=first + count - 1)


def snapshot(stream_id: int) -> dict[str, Any]:
    head, state = read_stable(stream_id, lambda: state_of(stream_id))
    return {"v": head.version, "epoch": head.epoch, "parts": {counters.name: state}}


class CountConsumer(StreamConsumer):
    """ws/<name>/"""

    async def find_stream(self) -> int | None:
        name = self.scope["url_route"]["kwargs"]["name"]
        return await self.read(lambda: Stream.objects.filter(name=name).values_list("pk", flat=True).first())

    def snapshot(self, stream_id: int) -> dict[str, Any]:
        return snapshot(stream_id)


application = URLRouter([path("ws/<str:name>/", CountConsumer.as_asgi())])
