"""A socket whose stream is reset while its snapshot is being read."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from live import wire
from live.feed import EncodedEvent, Feed, Snapshot
from live.reading import Head
from live.socket import Socket, TakeSnapshot
from tests.processes import DEADLINE_S


class Falling:
    """A source whose stream falls back to version 4 while version 9 is being read, in the same epoch."""

    readable = True

    def __init__(self) -> None:
        self.read: list[int] = []
        self.twice = asyncio.Event()

    async def refresh(self, feed: Feed) -> None:
        """Nothing is newer than the feed."""

    async def read_page(self, feed: Feed, version: int) -> list[EncodedEvent]:
        raise AssertionError("nothing has left the window")

    async def read_snapshot(self, feed: Feed, take: TakeSnapshot) -> Snapshot:
        head = feed.head
        if not self.read:
            feed.reset(head._replace(version=4))
        self.read.append(head.version)
        if len(self.read) == 2:
            self.twice.set()
        return Snapshot(head, wire.snapshot({"v": head.version, "epoch": head.epoch, "parts": {}}))


async def test_a_snapshot_of_the_life_before_is_followed_by_one_of_this_life():
    feed, source, sent = Feed(1, Head(9, "e")), Falling(), list[dict[str, Any]]()

    async def send(text: str) -> None:
        sent.append(json.loads(text))

    socket = Socket(source, send, lambda: None, dict)
    feed.sockets.add(socket)
    running = asyncio.create_task(socket.run(feed, None, ""))
    await asyncio.wait_for(source.twice.wait(), DEADLINE_S)
    feed.gone = True
    feed.wake()
    await running
    assert [message["v"] for message in sent if message["type"] == "snapshot"] == [9, 4]
