"""The "watchers" frame tells every page how many pages have the stream open.

`{"count": n}`, or `{"count": null}` while the hint server, which connects the hubs, cannot be reached.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from live.channel import pack
from live.feed import Feed
from live.subscription import Subscription
from live.watchers import Watchers

SAY_EVERY_S = 5.0
SAY_AT_MOST_EVERY_S = 0.25
TOPIC = "watchers"


class Presence:
    """The counting part of a hub. Reads the hub's feeds and never adds or removes any."""

    def __init__(self, hub: str, feeds: Mapping[int, Feed], subscription: Subscription | None) -> None:
        self._hub = hub
        self._feeds = feeds
        self._subscription = subscription
        self._watchers = Watchers()
        # None if not known yet; pages then show nothing.
        self._up: bool | None = None if subscription else False
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """A socket came or went, or another hub needs our count."""
        self._changed.set()

    def line_changed(self, *, up: bool) -> None:
        """The hint server came or went."""
        self._up = up
        self.changed()

    def hear(self, hub: str, counts: dict[str, Any]) -> None:
        """Another hub (or this one) reported its sockets by stream."""
        if hub == self._hub:
            return
        theirs = {int(key): n for key, n in counts.items() if key.isdecimal() and isinstance(n, int) and n > 0}
        if self._watchers.hear(hub, theirs, self._now()):
            self.changed()
        self.show()

    def show(self) -> None:
        """Gives every feed its count, if it has changed."""
        if self._up is None:
            return
        now = self._now()
        for stream_id, feed in self._feeds.items():
            count = len(feed.sockets) + self._watchers.elsewhere(stream_id, now) if self._up else None
            if not feed.sockets or feed.watchers == (count,):
                continue
            feed.watchers = (count,)
            feed.put_frame(TOPIC, {"count": count})

    async def run(self) -> None:
        """Publishes our count on change (at most four times a second) and every 5 s, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(SAY_EVERY_S):
                    await self._changed.wait()
            self._changed.clear()
            self.show()
            await self._say({key: len(feed.sockets) for key, feed in self._feeds.items()})
            await asyncio.sleep(SAY_AT_MOST_EVERY_S)

    async def goodbye(self) -> None:
        """Announces that this hub has no sockets left."""
        await self._say({})

    async def _say(self, counts: dict[int, int]) -> None:
        if self._subscription is not None:
            await self._subscription.publish(pack("here", self._hub, counts))

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
