"""The pump of a hub: reads news for the feeds, for hinted streams at once and for all streams every second.

It also knows whether the log can be read: not after a failed read, nor while a read takes too long.
"""

import asyncio
import logging
from collections.abc import Mapping

from django.db import Error

from live import news
from live.feed import Feed
from live.reading import Head
from live.threads import DatabaseThread

logger = logging.getLogger(__name__)

POLL_S = 1.0
REFRESH_WITHIN_S = 5.0
READ_WITHIN_S = 3.0


class Pump:
    """One reader with one read at a time, so that a late answer never sets a feed back."""

    def __init__(self, feeds: Mapping[int, Feed]) -> None:
        self._feeds = feeds
        self._stale: set[int] = set()
        self._wake = asyncio.Event()
        self._refreshing: list[asyncio.Future[None]] = []
        self.readable = True
        self._reading_since: float | None = None
        # Has its own thread, so that a large snapshot does not delay everybody's events.
        self._thread = DatabaseThread("live-pump")

    def soon(self, stream_id: int) -> None:
        """Reads the stream in the next round, which begins when the current one ends."""
        self._stale.add(stream_id)
        self._wake.set()

    async def refresh(self, stream_id: int) -> None:
        """Returns when the stream has been read, or after 5 s without that."""
        read = asyncio.get_running_loop().create_future()
        self._refreshing.append(read)
        self.soon(stream_id)
        await asyncio.wait([read], timeout=REFRESH_WITHIN_S)

    async def run(self) -> None:
        """Reads until cancelled."""
        loop = asyncio.get_running_loop()
        poll_at = loop.time()
        while True:
            timer = loop.call_at(poll_at, self._wake.set)
            await self._wake.wait()
            timer.cancel()
            self._wake.clear()
            if loop.time() >= poll_at:
                self._stale.update(self._feeds)
                poll_at = loop.time() + POLL_S
            await self._round()

    def database_failed(self, error: Error) -> None:
        """Logs a failure once until a read succeeds, because a thousand pages may fail in the same second."""
        self._unreadable(str(error))

    def look(self) -> None:
        """Checks whether the current read takes too long. Call it about once a second."""
        if self._reading_since is not None:
            took_s = asyncio.get_running_loop().time() - self._reading_since
            if took_s > READ_WITHIN_S:
                self._unreadable(f"no answer for {took_s:.0f} s")

    def close(self) -> None:
        """Ends the thread."""
        self._thread.close()

    async def _round(self) -> None:
        asked, self._stale = self._stale, set()
        waiting, self._refreshing = self._refreshing, []
        await self._read({key: self._feeds[key].head for key in asked if key in self._feeds})
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def _read(self, known: dict[int, Head]) -> None:
        if not known:
            return
        self._reading_since = asyncio.get_running_loop().time()
        try:
            found = await self._thread.run(lambda: news.read_news(known))
        except Error as error:
            self.database_failed(error)
            return
        finally:
            self._reading_since = None
        if not self.readable:
            self.readable = True
            logger.warning("The event log can be read again")
            self._wake_all()
        for stream_id, new in found.items():
            feed = self._feeds.get(stream_id)
            if feed is not None and feed.head == known[stream_id]:  # otherwise it was reopened meanwhile
                _tell(feed, new)

    def _unreadable(self, why: str) -> None:
        if self.readable:
            logger.error("The event log cannot be read; pages wait: %s", why)
            self.readable = False
            self._wake_all()

    def _wake_all(self) -> None:
        for feed in self._feeds.values():
            feed.wake()


def _tell(feed: Feed, new: news.News) -> None:
    """Passes the news to the feed and its sockets."""
    if new.head is None:
        feed.gone = True
    elif new.reset:
        feed.reset(new.head)
    else:
        feed.extend(new.events)
    feed.wake()
