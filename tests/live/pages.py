"""A page for tests: our consumer in this process, with a socket that can be made to stall."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from django.db import connections

from tests.live.app import application, apply, counters

T = TypeVar("T")
WITHIN_S = 10.0


async def in_thread(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Runs synchronous database work outside the event loop, and leaves no connection open."""

    def run() -> T:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


class Page:
    """One connection. `received` is every message, in order; `closed` the code once the server closed."""

    def __init__(self, query: str, name: str) -> None:
        self.received: list[dict[str, Any]] = []
        self.closed: int | None = None
        self.failure: Exception | None = None  # if set, sending to the page raises this
        self.taking = asyncio.Event()
        self.taking.set()
        self._changed = asyncio.Event()
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        scope = {"type": "websocket", "path": f"/ws/{name}/", "query_string": query.encode(), "headers": []}
        self._to_app.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(application(scope, self._to_app.get, self._send))

    async def _send(self, message: dict[str, Any]) -> None:
        await self.taking.wait()
        if message["type"] == "websocket.send":
            if self.failure is not None:
                raise self.failure
            if self.closed is not None:
                raise RuntimeError("sent after closing")
            self.received.append(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            self.closed = message.get("code", 1000)
            self._to_app.put_nowait({"type": "websocket.disconnect", "code": self.closed})
        self._changed.set()

    def say(self, text: str | bytes) -> None:
        kind = "text" if isinstance(text, str) else "bytes"
        self._to_app.put_nowait({"type": "websocket.receive", kind: text})

    async def until(self, condition: Callable[[], T], what: str = "the condition") -> T:
        """Waits for a true value of `condition`, checked after each message, and returns it."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while not (value := condition()):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"{what} did not come; received {self.received[-5:]}, closed {self.closed}") from None
        return value

    async def message(self, kind: str) -> dict[str, Any]:
        """Waits for a message of that type, and returns the first."""
        return await self.until(lambda: next((m for m in self.received if m["type"] == kind), {}), kind)

    async def version(self, version: int) -> None:
        """Returns when the page has reached the version."""
        await self.until(lambda: self.have >= version, f"version {version}")

    async def code(self) -> int:
        await self.until(lambda: self.closed is not None, "the close")
        assert self.closed is not None
        return self.closed

    @property
    def have(self) -> int:
        return max((m["v"] for m in self.received if m["type"] in ("event", "snapshot")), default=-1)

    @property
    def versions(self) -> list[int]:
        return [m["v"] for m in self.received if m["type"] == "event"]

    @property
    def snapshots(self) -> list[dict[str, Any]]:
        return [m for m in self.received if m["type"] == "snapshot"]

    def frames(self, topic: str) -> list[Any]:
        return [m["data"] for m in self.received if m["type"] == "frame" and m["topic"] == topic]

    @property
    def state(self) -> dict[str, int]:
        """Snapshot and events, combined as a page combines them."""
        state: dict[str, int] = {}
        for message in self.received:
            if message["type"] == "snapshot":
                state = message["parts"][counters.name]
            elif message["type"] == "event":
                state = apply(state, message["payload"])
        return state

    async def leave(self) -> None:
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1001})
        self.taking.set()
        await asyncio.wait_for(self.task, WITHIN_S)


@asynccontextmanager
async def page(query: str = "", name: str = "counters") -> AsyncIterator[Page]:
    """A page that is open during the block."""
    opened = Page(query, name)
    try:
        yield opened
    finally:
        await opened.leave()
