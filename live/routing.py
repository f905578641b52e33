"""The WebSocket addresses: one for each place, `/ws/<prefix>/<slug>/`. The same ones over HTTP answer polls."""

from __future__ import annotations

from typing import Any

from django.urls import path

from live.consumer import StreamConsumer
from live.places import Places, place_at
from live.polling import Poll
from live.socket import TakeSnapshot


class PlaceConsumer(StreamConsumer):
    """The events of a place for every open page, the same for operators and viewers."""

    _places: Places

    async def find_stream(self) -> int | None:
        """The stream of the place in the URL."""
        at = self.scope["url_route"]["kwargs"]
        one = await self.read(lambda: place_at(at["prefix"], at["slug"]))
        if one is None:
            return None
        self._places, place = one
        return place.stream_id

    def snapshot(self, stream_id: int) -> dict[str, Any]:
        """The state from the rows, at exactly one version."""
        return self._places.snapshot(stream_id)


def _found(at: dict[str, str]) -> tuple[int, TakeSnapshot] | None:
    one = place_at(at["prefix"], at["slug"])
    if one is None:
        return None
    places, place = one
    return place.stream_id, lambda: places.snapshot(place.stream_id)


ADDRESS = "ws/<slug:prefix>/<slug:slug>/"
websocket_urlpatterns = [path(ADDRESS, PlaceConsumer.as_asgi())]
poll = Poll(_found)
