"""The hub's subscription to the hint server. It reconnects by itself.

redis-py gives every read a socket timeout of 5 s unless told otherwise, and on Python 3.11 a write under such a timeout
can swallow a cancellation (its `asyncio.wait_for` does), after which a hub would not end. So the sockets have none, and
each wait here has its own.
"""

import asyncio
import json
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from live.channel import FIRST_PAUSE_S, LONGEST_PAUSE_S

logger = logging.getLogger(__name__)

# Every hub publishes its count every 5 s and receives it too, so a longer silence means a dead connection.
SILENCE_S = 15.0
COMMAND_S = 2.0


class Subscription:
    """One subscription to one channel. Calls `on_state(True)` after each subscribe and `on_state(False)` after each
    loss.
    """

    def __init__(
        self, url: str, channel: str, on_message: Callable[[list[Any]], None], on_state: Callable[[bool], None]
    ) -> None:
        self._channel = channel
        self._on_message = on_message
        self._on_state = on_state
        self._up: bool | None = None
        self._client = Redis.from_url(
            url, socket_timeout=None, socket_connect_timeout=COMMAND_S, retry=Retry(NoBackoff(), 0)
        )

    async def run(self) -> None:
        """Listens until cancelled."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                if self._up:
                    logger.warning("Lost the hint server; pages follow within a second without it: %s", error)
                    pause_s = FIRST_PAUSE_S
            self._say(up=False)
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311  no secret, only spread
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def publish(self, message: bytes) -> None:
        """Publishes a message to the other hubs. Does nothing if disconnected."""
        if self._up:
            with suppress(RedisError, OSError):  # TimeoutError is one of the latter
                async with asyncio.timeout(COMMAND_S):
                    await self._client.publish(self._channel, message)

    async def close(self) -> None:
        """Drops the connections."""
        with suppress(RedisError, OSError):
            await self._client.aclose()

    async def _listen(self) -> None:
        """Receives messages until the connection fails, then raises."""
        async with self._client.pubsub() as pubsub:
            async with asyncio.timeout(COMMAND_S):
                await pubsub.subscribe(self._channel)
            while True:
                heard = await pubsub.get_message(timeout=SILENCE_S)
                if heard is None:
                    raise TimeoutError(f"nothing heard for {SILENCE_S} s")
                if heard["type"] == "subscribe":
                    self._say(up=True)
                elif heard["type"] == "message":
                    self._take(heard["data"])

    def _take(self, data: bytes) -> None:
        """Handles a message. A foreign one must not break the subscription."""
        try:
            message = json.loads(data)
        except ValueError:
            return
        if isinstance(message, list):
            self._on_message(message)

    def _say(self, *, up: bool) -> None:
        if up and self._up is False:
            logger.info("The hint server answers")
        if up != self._up:
            self._up = up
            self._on_state(up)
