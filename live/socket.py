"""One page's connection: its position, and the task that sends it news.

A socket has no queue. It has a cursor into the feed and sends the next event only when the last one is on its way. So a
slow page lags behind without using memory, skips values of a topic, and at worst gets a snapshot.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from live import wire
from live.feed import EncodedEvent, Feed, Snapshot

MOST_BEHIND = 500
FRAME_FRESH_S = 15.0  # older values of a topic are not sent to a new page


TakeSnapshot = Callable[[], dict[str, Any]]


class StaleFeedError(RuntimeError):
    """A snapshot and the feed have different epochs, and the database cannot be read to find out why."""


class Source(Protocol):
    """What a socket needs from its hub."""

    @property
    def readable(self) -> bool:
        """Whether the event log can be read."""

    async def refresh(self, feed: Feed) -> None:
        """Reads the database now."""

    async def read_page(self, feed: Feed, version: int) -> list[EncodedEvent]:
        """Events after `version` that are no longer in the window. Empty if they are no longer stored."""

    async def read_snapshot(self, feed: Feed, take: TakeSnapshot) -> Snapshot:
        """The stream's state and its version."""


class Socket:
    """The sending side of one connection.

    `send` passes one message to the server and returns when it is ready for the next; `cut` ends the connection from
    outside; `take_snapshot` reads `{"v", "epoch", "parts"}` from the database, in a thread.
    """

    def __init__(
        self,
        source: Source,
        send: Callable[[str], Awaitable[None]],
        cut: Callable[[], None],
        take_snapshot: TakeSnapshot,
    ) -> None:
        self.cut = cut
        self.sending_since: float | None = None
        self._source = source
        self._send_text = send
        self._take_snapshot = take_snapshot
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._version: int | None = None  # None: nothing sent yet, starts with a snapshot
        self._life = 0
        self._frame_number = 0
        self._sent = 0
        self._beats = 0
        self._readable = True  # what the page was last told
        self._asked: list[int | None] = []

    def wake(self) -> None:
        """Wakes the task: there may be something to send."""
        self._wake.set()

    def resync(self, since: int | None) -> None:
        """The page has everything up to `since` and wants the rest; None means a snapshot. The last request counts."""
        self._asked = [since]
        self._wake.set()

    async def run(self, feed: Feed, since: int | None, epoch: str) -> None:
        """Sends until the stream is gone, then returns. Raises what the connection raises.

        `since` is the page's version in `epoch`, or None.
        """
        await self._greet(feed, since, epoch)
        while not feed.gone:
            await self._send_news(feed)
            await self._wake.wait()
        await self._send(wire.GONE)

    async def once(self, feed: Feed, since: int | None, epoch: str, frames: int | None) -> None:
        """Sends what `run` would send until it has to wait, at least a heartbeat; then returns.

        `frames` is the number of the last frame of this feed that the page has, None for none.
        """
        await self._greet(feed, since, epoch)
        if frames is not None:
            self._frame_number = frames
        greeted = self._sent
        while not feed.gone:
            await self._send_news(feed)
            if self._sent > greeted:
                return
            await self._wake.wait()
        await self._send(wire.GONE)

    @property
    def frames(self) -> int:
        """The number of the last frame that was sent, or skipped because it is old."""
        return self._frame_number

    async def _greet(self, feed: Feed, since: int | None, epoch: str) -> None:
        await self._send(wire.hello(feed.head.version, feed.head.epoch))
        self._skip_old_frames(feed)
        await self._place(feed, since, epoch)

    async def _send_news(self, feed: Feed) -> None:
        self._wake.clear()
        if self._asked:
            await self._place(feed, self._asked.pop(), feed.head.epoch)
        await self._send_events(feed)
        for frame in feed.frames_after(self._frame_number):
            self._frame_number = frame.number
            await self._send(frame.text)
        if self._readable != self._source.readable:
            self._readable = not self._readable
            await self._send(wire.log(self._readable))
        await self._send_beat(feed)

    async def _place(self, feed: Feed, since: int | None, epoch: str) -> None:
        """Decides whether to continue from `since` or to start over."""
        self._version, self._life = None, feed.life
        if since is None or epoch != feed.head.epoch:
            return
        if since > feed.head.version:
            # The page was rendered from the database, which can be ahead of this process.
            await self._source.refresh(feed)
        if 0 <= feed.head.version - since <= MOST_BEHIND:
            self._version = since

    async def _send_events(self, feed: Feed) -> None:
        while not feed.gone:
            if self._version is None or self._life != feed.life:
                await self._send_snapshot(feed)
            elif self._version >= feed.head.version:
                return
            elif (text := feed.event(self._version + 1)) is not None:
                await self._send(text)
                self._version += 1
            else:
                await self._send_page(feed, self._version)

    async def _send_beat(self, feed: Feed) -> None:
        """Sends the newest heartbeat once, after the events it refers to, so that the page does not request them as
        missing.
        """
        if self._beats != feed.beats and (self._version or 0) >= feed.head.version:
            self._beats = feed.beats
            await self._send(feed.heartbeat)

    async def _send_page(self, feed: Feed, version: int) -> None:
        """A page of events that have left the window, unless there are too many or the log no longer has them."""
        self._version = None
        if feed.head.version - version > MOST_BEHIND:
            return
        page = await self._source.read_page(feed, version)
        for event in page:
            if event.version != version + 1:
                return
            await self._send(event.text)
            version = event.version
        if page:
            self._version = version

    async def _send_snapshot(self, feed: Feed) -> None:
        self._life = feed.life
        snapshot = await self._source.read_snapshot(feed, self._take_snapshot)
        if snapshot.head.epoch != feed.head.epoch:
            await self._source.refresh(feed)
            if snapshot.head.epoch != feed.head.epoch:
                raise StaleFeedError(f"stream {feed.stream_id}: {snapshot.head.epoch} is not {feed.head.epoch}")
        await self._send(snapshot.text)
        self._version = snapshot.head.version

    def _skip_old_frames(self, feed: Feed) -> None:
        newest_old = [frame.number for frame in feed.frames.values() if self._loop.time() - frame.at > FRAME_FRESH_S]
        self._frame_number = max(newest_old, default=0)
        self._beats = feed.beats

    async def _send(self, text: str) -> None:
        self.sending_since = self._loop.time()
        await self._send_text(text)
        self.sending_since = None
        self._sent += 1
