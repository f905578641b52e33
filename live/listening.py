"""Waits for hints in a process without a hub: a command or the supervisor.

A hint only says that a read is worthwhile. Callers also read at every timeout, so they work without a hint server.
"""

import json
import logging
import threading
import time
from contextlib import suppress
from typing import Any

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.retry import Retry

from live.channel import FIRST_PAUSE_S, LONGEST_PAUSE_S, channel_name

logger = logging.getLogger(__name__)

TIMEOUT_S = 0.5
SLICE_S = 0.5  # how soon a wait notices a `close` from another thread
SILENCE_S = 5.0  # then the server is pinged; after twice that the connection counts as dead


class HintListener:
    """Receives this installation's hints from the server at `url`. With "", every wait times out.

    One thread waits; `close` may be called from any.
    """

    def __init__(self, url: str) -> None:
        self._channel = channel_name()
        self._client = (
            Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0))
            if url
            else None
        )
        self._pubsub: PubSub | None = None
        self._closed = threading.Event()
        self._heard_at = 0.0
        self._asked = False
        self._pause_s = FIRST_PAUSE_S
        self._again_at = 0.0

    def wait(self, timeout_s: float) -> set[int]:
        """Waits for a hint and returns the streams hinted at since the last call. Empty after `timeout_s` or when
        closed.

        Hints are lost while the server is down. Never raises if the server fails.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            left_s = max(deadline - time.monotonic(), 0.0)
            hinted = self._listen(left_s)
            if hinted or left_s == 0 or self._closed.is_set():
                return hinted

    def close(self) -> None:
        """Ends a wait within half a second, and all later ones at once."""
        self._closed.set()

    def _listen(self, left_s: float) -> set[int]:
        """One slice of waiting."""
        away_s = self._again_at - time.monotonic()
        if self._closed.is_set() or self._client is None or away_s > 0:
            self._drop_if_closed()
            self._closed.wait(left_s if self._client is None else min(left_s, away_s))
            return set()
        try:
            return self._hear(self._connected(self._client), min(left_s, SLICE_S))
        except (RedisError, OSError) as error:
            self._lost(error)
            return set()

    def _connected(self, client: "Redis") -> PubSub:
        if self._pubsub is None:
            self._pubsub = client.pubsub()  # type: ignore[no-untyped-call]
            self._heard_at, self._asked = time.monotonic(), False
            self._pubsub.subscribe(self._channel)
        return self._pubsub

    def _hear(self, pubsub: PubSub, wait_s: float) -> set[int]:
        """The messages that arrive within `wait_s`."""
        hinted: set[int] = set()
        while heard := pubsub.get_message(timeout=0 if hinted else wait_s):
            self._heard_at, self._asked = time.monotonic(), False
            self._pause_s = FIRST_PAUSE_S
            if heard["type"] != "message":
                break
            hinted |= _stream_of(heard["data"])
            if not hinted:
                break  # a frame, a count: the caller looks at its clock
        silent_s = time.monotonic() - self._heard_at
        if silent_s > 2 * SILENCE_S:
            raise TimeoutError(f"nothing heard for {silent_s:.0f} s")
        if silent_s > SILENCE_S and not self._asked:
            self._asked = True
            pubsub.ping()
        return hinted

    def _lost(self, error: Exception) -> None:
        if self._pubsub is not None and self._pause_s == FIRST_PAUSE_S:
            logger.info("No hints from the hint server: %s", error)
        self._drop()
        self._again_at = time.monotonic() + self._pause_s
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)

    def _drop(self) -> None:
        if self._pubsub is not None:
            with suppress(RedisError, OSError):
                self._pubsub.close()
            self._pubsub = None

    def _drop_if_closed(self) -> None:
        if self._closed.is_set():
            self._drop()
            if self._client is not None:
                self._client.close()


def _stream_of(data: bytes) -> set[int]:
    """The stream of a hint. None for other or foreign messages."""
    try:
        message: Any = json.loads(data)
    except ValueError:
        return set()
    match message:
        case ["hint", int(stream_id), int()]:
            return {stream_id}
    return set()
