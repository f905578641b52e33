"""The hub: the one reader and fan-out of a web process.

    hint or second ──> pump: one read for all open streams ──> feeds ──> a cursor and a task per socket

A hint only says that a read is worthwhile; there is one each second anyway. So without a hint server, events arrive up
to a second later and none is lost. A hub starts with the first socket of its event loop and ends with the last, so
there is nothing to stop at shutdown, when the server closes the sockets.
"""

import asyncio
import logging
import secrets
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.db import Error

from live import news, wire
from live.channel import channel_name, redis_url
from live.feed import EncodedEvent, Feed, Snapshot
from live.presence import Presence
from live.pump import Pump
from live.reading import Head, head
from live.socket import Socket, TakeSnapshot
from live.subscription import Subscription
from live.threads import DatabaseThread

logger = logging.getLogger(__name__)

T = TypeVar("T")

HEARTBEAT_S = 1.0
STALLED_S = 60.0
MOST_SOCKETS = 5000

_hubs: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = weakref.WeakKeyDictionary()
# Strong references to hubs that are ending, because the loop has only weak ones.
_running: set[asyncio.Task[None]] = set()


def enter() -> "Hub | None":
    """Adds a socket to the hub of this event loop. The first one starts the hub.

    None if the process is at its limit (LIVE_MAX_SOCKETS). Call `leave` once for every hub returned.
    """
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
    if hub.entered >= getattr(settings, "LIVE_MAX_SOCKETS", MOST_SOCKETS):
        return None
    hub.entered += 1
    return hub


class Hub:
    """What one event loop shares among its sockets. Not thread-safe: it lives in its loop."""

    def __init__(self) -> None:
        self.entered = 0
        self.feeds: dict[int, Feed] = {}
        self._opening: dict[int, asyncio.Task[Feed]] = {}
        self._pump = Pump(self.feeds)
        self._read_thread = DatabaseThread("live-read")
        url = redis_url()
        self._subscription = Subscription(url, channel_name(), self._hear, self._line_changed) if url else None
        self._presence = Presence(secrets.token_hex(4), self.feeds, self._subscription)
        self._task = asyncio.create_task(self._run(), name="live hub")
        _running.add(self._task)
        self._task.add_done_callback(_running.discard)

    def leave(self) -> None:
        """Removes a socket. The last one ends the hub."""
        self.entered -= 1
        if self.entered == 0:
            self._forget()
            self._task.cancel()

    async def join(self, stream_id: int, socket: Socket) -> Feed:
        """Opens the stream for the socket. Raises Stream.DoesNotExist. Call `part` once for every join."""
        feed = self.feeds.get(stream_id)
        if feed is None:
            task = self._opening.get(stream_id)
            if task is None:
                task = self._opening[stream_id] = asyncio.create_task(self._open(stream_id))
                task.add_done_callback(lambda _: self._opening.pop(stream_id, None))
            feed = self.feeds.setdefault(stream_id, await asyncio.shield(task))
            self._pump.soon(stream_id)  # time has passed since it was read
        feed.sockets.add(socket)
        self._presence.changed()
        return feed

    def part(self, feed: Feed, socket: Socket) -> None:
        """The socket is closed."""
        feed.sockets.discard(socket)
        if not feed.sockets and self.feeds.get(feed.stream_id) is feed:
            del self.feeds[feed.stream_id]
        self._presence.changed()

    async def read(self, function: Callable[[], T]) -> T:
        """Runs a database read in the hub's reading thread."""
        return await self._read_thread.run(function)

    @property
    def readable(self) -> bool:
        """Whether this process can read the event log."""
        return self._pump.readable

    async def refresh(self, feed: Feed) -> None:
        """Reads the stream's news now. Returns after the read, or after 5 s without one."""
        await self._pump.refresh(feed.stream_id)

    def database_failed(self, error: Error) -> None:
        """Logs a socket's failed read, once for all."""
        self._pump.database_failed(error)

    async def read_page(self, feed: Feed, version: int) -> list[EncodedEvent]:
        """A short page of the events after `version`, from the database."""
        return await self._read_thread.run(lambda: news.read_page(feed.stream_id, version))

    async def read_snapshot(self, feed: Feed, take: TakeSnapshot) -> Snapshot:
        """The stream's state, read once for concurrent requests and cached until the next event."""
        if feed.snapshot is not None and feed.snapshot.head == feed.head:
            return feed.snapshot
        if feed.snapshot_task is None:
            feed.snapshot_task = asyncio.create_task(self._take_snapshot(feed, take))
        return await asyncio.shield(feed.snapshot_task)

    async def _open(self, stream_id: int) -> Feed:
        def read() -> tuple[Head, list[EncodedEvent]]:
            now = head(stream_id)
            return now, news.read_recent(stream_id, now)

        now, recent = await self._read_thread.run(read)
        feed = Feed(stream_id, now._replace(version=now.version - len(recent)))
        feed.extend(recent)
        return feed

    async def _take_snapshot(self, feed: Feed, take: TakeSnapshot) -> Snapshot:
        def read() -> Snapshot:
            data = take()
            return Snapshot(Head(data["v"], data["epoch"]), wire.snapshot(data))

        try:
            feed.snapshot = await self._read_thread.run(read)
        finally:
            feed.snapshot_task = None
        return feed.snapshot

    async def _run(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pump.run())
                tasks.create_task(self._tick())
                tasks.create_task(self._presence.run())
                if self._subscription is not None:
                    tasks.create_task(self._subscription.run())
        except* Exception:
            logger.exception("The hub failed; its pages connect again")
            self._forget()
            for feed in self.feeds.values():
                for socket in feed.sockets:
                    socket.cut()
        finally:
            self._pump.close()
            self._read_thread.close()
            await self._say_goodbye()

    async def _say_goodbye(self) -> None:
        await self._presence.goodbye()
        if self._subscription is not None:
            await self._subscription.close()

    def _forget(self) -> None:
        """The next socket gets a hub of its own."""
        loop = asyncio.get_running_loop()
        if _hubs.get(loop) is self:
            del _hubs[loop]

    async def _tick(self) -> None:
        """Once a second: sends a heartbeat to every stream, and disconnects pages that took no message for a minute."""
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            for feed in self.feeds.values():
                for socket in feed.sockets:
                    if socket.sending_since is not None and now - socket.sending_since > STALLED_S:
                        socket.cut()
                feed.beat()
            self._presence.show()
            self._pump.look()
            await asyncio.sleep(HEARTBEAT_S)

    def _line_changed(self, up: bool) -> None:
        self._presence.line_changed(up=up)
        for stream_id in self.feeds:  # hints during the outage were lost
            self._pump.soon(stream_id)

    def _hear(self, message: list[Any]) -> None:
        """Handles a message of the channel (live.channel). Ignores messages in any other form."""
        match message:
            case ["hint", int(stream_id), int(version)]:
                feed = self.feeds.get(stream_id)
                if feed is not None and (version == 0 or version > feed.head.version):
                    self._pump.soon(stream_id)
            case ["frame", int(stream_id), str(topic), data] if 0 < len(topic) <= 64:
                if feed := self.feeds.get(stream_id):
                    feed.put_frame(topic, data)
            case ["here", str(hub), dict(counts)]:
                self._presence.hear(hub, counts)
