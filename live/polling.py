"""Polling for a page that cannot open a socket: it asks the same address over HTTP, again and again.

`GET /ws/<prefix>/<slug>/?since=V&epoch=E&page=ID&feed=F&frames=N` answers within about a second with a JSON list of the
messages that a socket would send: hello, the events after `since` or a snapshot, the frames after N, a heartbeat. The
last is `{"type": "cursor", "feed": F, "frames": N}`, which the page sends back with its next request. Waiting uses
neither a thread nor the database.

A page keeps its seat between two requests: it still counts as a watcher, and its feed stays open.
"""

import asyncio
import re
import weakref
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from django.core.exceptions import ObjectDoesNotExist
from django.db import Error

from live import hub as hubs
from live import wire
from live.feed import Feed
from live.position import position
from live.socket import Socket, StaleFeedError, TakeSnapshot

SEAT_S = 5.0
ANSWER_WITHIN_S = 10.0  # a heartbeat comes every second, but a snapshot may take longer
Find = Callable[[dict[str, str]], tuple[int, TakeSnapshot] | None]
"""The stream for the parts of an address's path, and the function that reads its snapshot; None if there is none."""

_PAGE = re.compile(r"[0-9a-f]{16}")
_HEADERS = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]

_seats: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, ...], Seat]]" = (
    weakref.WeakKeyDictionary()
)


class Seat:
    """A page's seat in the hub of this event loop. The caller that takes it must either leave it or keep it, once."""

    def __init__(self, hub: hubs.Hub, find: Find) -> None:
        self.hub = hub
        self.texts: list[str] = []
        self._find = find
        self._found: tuple[int, TakeSnapshot] | None = None
        self._socket: Socket | None = None
        self._feed: Feed | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def sit(self, at: dict[str, str], before: "Seat | None") -> Feed:
        """Opens the feed of the place. `before` is the page's last seat, if it has one. Raises ObjectDoesNotExist."""
        self._found = await self.hub.read(lambda: self._find(at)) if before is None else before._found
        if self._found is None:
            raise ObjectDoesNotExist
        stream_id, take = self._found
        self._socket = Socket(self.hub, self._write, lambda: None, take)
        self._feed = await self.hub.join(stream_id, self._socket)
        return self._feed

    async def hear(self, query: dict[str, list[str]]) -> None:
        """Collects the messages that a socket would get now, or next."""
        if self._socket is None or self._feed is None:
            raise RuntimeError("no page has taken this seat")
        known = query.get("feed") == [self._feed.name]
        await self._socket.once(self._feed, *position(query), _whole(query, "frames") if known else None)
        cursor = {"type": "cursor", "feed": self._feed.name, "frames": self._socket.frames}
        self.texts.append(wire.encode(cursor))

    def keep(self, seats: "dict[tuple[str, ...], Seat]", key: tuple[str, ...]) -> None:
        """The page will ask again soon: it counts as gone only after 5 s."""
        if (other := seats.pop(key, None)) is not None:
            other.leave()
        seats[key] = self

        def free() -> None:
            if seats.get(key) is self:
                del seats[key]
            self.leave()

        self._timer = asyncio.get_running_loop().call_later(SEAT_S, free)

    def leave(self) -> None:
        """The page is gone, or has another seat."""
        if self._timer is not None:
            self._timer.cancel()
        if self._feed is not None and self._socket is not None:
            self.hub.part(self._feed, self._socket)
        self.hub.leave()

    async def _write(self, text: str) -> None:
        self.texts.append(text)


class Poll:
    """An ASGI application: answers one request.

    426 without `page`; 429 if the process is at its limit of pages; 503 if something failed and the page should
    ask again.
    """

    def __init__(self, find: Find) -> None:
        self._find = find

    async def __call__(self, scope: dict[str, Any], _receive: Any, send: Any) -> None:
        """Answers. `scope["url_route"]` has what the address names."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        page, texts = query.get("page", [""])[0], list[str]()
        if scope["method"] != "GET" or not _PAGE.fullmatch(page):
            status = 426  # a socket that a proxy blocked, or a person who opened the address
        elif (hub := hubs.enter()) is None:
            status = 429
        else:
            status, texts = await _answer(Seat(hub, self._find), scope["url_route"]["kwargs"], page, query)
        await send({"type": "http.response.start", "status": status, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": f"[{','.join(texts)}]".encode()})


async def _answer(seat: Seat, at: dict[str, str], page: str, query: dict[str, list[str]]) -> tuple[int, list[str]]:
    seats = _seats.setdefault(asyncio.get_running_loop(), {})
    key, well = (*at.values(), page), False
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            before = seats.get(key)
            await seat.sit(at, before)
            if before is not None and seats.get(key) is before:
                seats.pop(key).leave()
            await seat.hear(query)
        well = True
    except ObjectDoesNotExist:
        return 200, [wire.GONE]
    except Error as error:
        seat.hub.database_failed(error)
        return 503, []
    except (TimeoutError, StaleFeedError):
        return 503, []
    finally:
        if well:
            seat.keep(seats, key)
        else:
            seat.leave()
    return 200, seat.texts


def _whole(query: dict[str, list[str]], name: str) -> int:
    text = query.get(name, [""])[0]
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
