"""Tells the hubs that there is something to read. Best effort: without hints, pages learn it within a second.

A hint server that is down must not slow writers or fill the log: after a failure nothing is tried for a second, and
only its loss and its return are logged.
"""

import json
import logging
import threading
import time
from typing import Any

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from live.channel import channel_name, pack, redis_url

logger = logging.getLogger(__name__)

TIMEOUT_S = 0.5
PAUSE_S = 1.0


class HintLine:
    """The connection of this process to the hint server, shared by its threads."""

    def __init__(self, url: str) -> None:
        self.url = url
        # One retry, because after a restart of the server the first attempt uses a dead pooled connection.
        self._client = Redis.from_url(
            url,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 1),
        )
        self._down = False
        self._was_up = False
        self._again_at = 0.0

    def publish(self, channel: str, message: bytes) -> None:
        """Sends one message, or gives up silently."""
        if self._down and time.monotonic() < self._again_at:
            return
        try:
            self._client.publish(channel, message)
        except (RedisError, OSError) as error:
            self._again_at = time.monotonic() + PAUSE_S
            if not self._down:
                # Normal for a command that runs while nothing else does.
                level = logging.WARNING if self._was_up else logging.INFO
                logger.log(level, "The hint server does not answer; pages follow within a second without it: %s", error)
            self._down = True
            return
        if self._down and self._was_up:
            logger.warning("The hint server is back")
        self._down = False
        self._was_up = True

    def close(self) -> None:
        """Drops the connections."""
        self._client.close()


_line: HintLine | None = None
_making = threading.Lock()


def _current_line() -> HintLine | None:
    """The connection to the configured server. None if there is none."""
    global _line  # noqa: PLW0603  one connection pool per process
    url = redis_url()
    with _making:
        if _line is not None and _line.url != url:
            _line.close()
            _line = None
        if _line is None and url:
            _line = HintLine(url)
        return _line


def _publish(*message: Any) -> None:
    if line := _current_line():
        line.publish(channel_name(), pack(*message))


def publish_hint(stream_id: int, version: int) -> None:
    """Announces that the stream has this version now or was deleted. Call it after the commit."""
    _publish("hint", stream_id, version)


def publish_frame(stream_id: int, topic: str, data: dict[str, Any]) -> None:
    """Publishes a topic's newest value, at most about ten a second. A slow page sees only the newest.

    A topic is 1 to 64 characters; a hub keeps at most 32 topics a stream.
    """
    _publish("frame", stream_id, topic, data)


def next_frame(stream_id: int, topic: str, timeout_s: float) -> dict[str, Any] | None:
    """Waits for a topic's next value. None if none arrives in time."""
    url = redis_url()
    if not url:
        return None
    deadline = time.monotonic() + timeout_s
    try:
        with (
            Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S) as client,
            client.pubsub(ignore_subscribe_messages=True) as pubsub,
        ):
            pubsub.subscribe(channel_name())
            while (left_s := deadline - time.monotonic()) > 0:
                heard = pubsub.get_message(timeout=min(left_s, TIMEOUT_S))
                if heard and (frame := _frame_in(heard["data"], stream_id, topic)) is not None:
                    return frame
    except (RedisError, OSError) as error:
        logger.info("The hint server does not answer: %s", error)
    return None


def _frame_in(data: bytes, stream_id: int, topic: str) -> dict[str, Any] | None:
    """The frame in a message. None for other or foreign messages."""
    try:
        message: Any = json.loads(data)
    except ValueError:
        return None
    match message:
        case ["frame", int(stream), str(what), dict(frame)] if (stream, what) == (stream_id, topic):
            return frame
    return None
