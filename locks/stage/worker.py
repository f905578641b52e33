"""A worker process of the stage: `python -m locks.stage.worker FD`.

It takes a lock, enters, reads and writes the resource, leaves and releases, repeatedly, until it is told to halt or the
other end of FD, a socket, is closed.

The message "play" says which lock and at what pace. The worker reports everything at once. It reports entering and
leaving with the time of CLOCK_MONOTONIC, taken after it certainly has the lock, and before it releases it.
"""

from __future__ import annotations

import contextlib
import random
import socket
import sys
import threading
import time
from typing import Any, Protocol

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from locks.lock import LockServerError
from locks.stage.clients import CLIENTS
from locks.stage.line import Gone, Line, Message
from locks.stage.rungs import WAYS, Held

TIMEOUT_S = 5.0
POLL_S = (0.004, 0.012)
"""How long a worker that waits on a rung waits before its next try, drawn each time."""


class Way(Protocol):
    """A way to take a lock: a rung of the ladder, or a client."""

    @property
    def renew_every_s(self) -> float | None:
        """How often to call `renew`; None if it is not needed."""

    def attempt(self) -> Held | None:
        """Tries, and may wait for a while."""

    def renew(self) -> None:
        """Renews it."""

    def release(self) -> None:
        """Releases it."""


class Worker:
    """One end of the line, and the messages on it that are not answers, such as the order to halt."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._halted = False

    def run(self) -> None:
        """Plays what it is told, until the line is closed."""
        while True:
            order = self._line.receive()
            if order is not None and "play" in order:
                self._halted = False
                self._play(order["play"])
                self._say("done")

    def _play(self, play: dict[str, Any]) -> None:
        rng = random.Random(play["seed"])  # noqa: S311  a pace, not a secret
        client = Redis.from_url(
            play["url"], socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0)
        )
        with contextlib.closing(client):
            while not self._halted:
                lock = rng.choice(play["locks"])
                try:
                    self._enter_once(way_of(client, play, lock), lock, play, rng)
                except (RedisError, LockServerError) as error:
                    self._say("trouble", text=type(error).__name__)
                    self._nap(1.0)
                self._nap(rng.uniform(*play["between_s"]))

    def _enter_once(self, way: Way, lock: str, play: dict[str, Any], rng: random.Random) -> None:
        self._say("wait", lock=lock)
        while (held := way.attempt()) is None:
            if self._nap(rng.uniform(*POLL_S)):
                return
        token = held.fencing_token
        self._say("enter", lock=lock, token=token, holder_id=held.holder_id, ttl_ms=play["ttl_ms"])
        seen = self._ask("read", lock=lock, token=token)
        self._stay(way, rng.uniform(*play["inside_s"]))
        if seen["value"] is not None:
            self._ask("write", lock=lock, token=token, value=seen["value"] + 1)
        self._say("leave", lock=lock)
        way.release()

    def _stay(self, way: Way, for_s: float) -> None:
        """Stays inside for the given time, or until told to halt, and renews if the client leaves that to its user."""
        until = time.monotonic() + for_s
        while (left_s := until - time.monotonic()) > 0:
            if self._nap(min(left_s, way.renew_every_s or left_s)):
                return
            if time.monotonic() < until:
                way.renew()

    def _say(self, did: str, **more: Any) -> None:
        self._line.send({"did": did, "at_ns": time.monotonic_ns(), **more})

    def _ask(self, did: str, **more: Any) -> Message:
        """Sends a report and waits for the answer."""
        self._say(did, **more)
        while True:
            message = self._line.receive()
            if message is not None and not self._heed(message):
                return message

    def _nap(self, for_s: float) -> bool:
        """Waits, but stops early if told to halt. Returns whether it was told to."""
        until = time.monotonic() + for_s
        while not self._halted and (left_s := until - time.monotonic()) > 0:
            if (message := self._line.receive(left_s)) is not None:
                self._heed(message)
        return self._halted

    def _heed(self, message: Message) -> bool:
        halts = "halt" in message
        self._halted = self._halted or halts
        return halts


def way_of(client: Redis, play: dict[str, Any], lock: str) -> Way:
    """The lock that `play` names: a rung of the ladder, or a client used as programs use it."""
    if (rung := play.get("rung")) is not None:
        return WAYS[rung](client, lock, play["ttl_ms"])
    return CLIENTS[play["client"]](client, lock, play["ttl_ms"], play["worker"])


def main(descriptor: int) -> None:
    """Runs until the other end is closed."""
    # If a client loses its lock, its renewal ends with an exception in its thread; here that is on purpose.
    threading.excepthook = lambda _arguments: None
    with contextlib.suppress(Gone):
        Worker(Line(socket.socket(fileno=descriptor))).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
