"""One connection of a client to one node. Requests are pipelined, and none waits for long.

If a node is gone, or silent for the timeout, everything in flight to it fails at once. From then on requests are
refused unsent until the node has answered a greeting. So a frozen node costs its own requests one timeout, once, and
other nodes nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Final, NamedTuple, cast

from servers.address import Address
from servers.resp import ErrorReply, NotAReply, Replies, Reply, command

RETRY_S: Final = 0.1
# A frozen server accepts connections until its backlog is full, so one greeting waits there for this long.
GREETING_S: Final = 10.0


class Limits(NamedTuple):
    """The seconds a request may go without a reply, and how many requests may wait on one line.

    A client that must keep going uses a short timeout; one that measures how long a node takes does not.
    """

    timeout_s: float = 0.3
    most_in_flight: int = 256


LIMITS: Final = Limits()


class Failed(Enum):
    """What came instead of a reply."""

    LOST = "sent, but no reply in time: it may have been carried out"
    AWAY = "not sent: the node is not responding"
    FULL = "not sent: too many requests are in flight to the node"


Outcome = Reply | Failed
Done = Callable[[Outcome], None]


class Line:
    """Runs in the current loop. Connects at once, and again after each failure, until closed.

    Without `limits`, LIMITS apply.
    """

    def __init__(self, address: Address, password: str, limits: Limits | None = None) -> None:
        self._address = address
        self.limits: Final = limits or LIMITS
        self._greeting = (command(b"AUTH", password.encode()) if password else b"") + command(b"PING")
        self._greeting_replies = 2 if password else 1
        self._loop = asyncio.get_running_loop()
        self._in_flight: deque[tuple[float, Done]] = deque()  # deadline and callback
        self._out: list[bytes] = []
        self._wire: _Wire | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._closed = False
        self.takes = True  # requests made before the first reply wait for it
        self.is_up = False
        self._connect(self.limits.timeout_s)

    def ask(self, packed: bytes, done: Done, *, first: bytes = b"") -> None:
        """Sends a command. Calls `done` once: after the timeout at the latest, at once if the request is refused.

        `first` is a command that goes before it on the same connection and whose reply is ignored (ASKING).
        """
        if not self.takes:
            done(Failed.AWAY)
        elif len(self._in_flight) >= self.limits.most_in_flight:
            done(Failed.FULL)
        else:
            deadline = self._loop.time() + self.limits.timeout_s
            if first:
                self._send(first, deadline, _nobody)
            self._send(packed, deadline, done)

    def when_next(self, told: Callable[[], None]) -> None:
        """Calls `told` once everything now in flight has ended, at once if nothing is: the next request is then first
        in line.
        """
        if not self._in_flight:
            told()
            return
        deadline, done = self._in_flight[-1]
        self._in_flight[-1] = deadline, partial(_both, done, told)

    def close(self) -> None:
        """Drops the connection; requests in flight are lost."""
        self._closed = True
        self._fail()

    def _connect(self, within_s: float) -> None:
        self._retry = None
        self._wire = wire = _Wire(self)
        self._in_flight.clear()
        self._out.clear()
        deadline = self._loop.time() + within_s
        for _ in range(self._greeting_replies - 1):
            self._in_flight.append((deadline, _nobody))
        self._send(self._greeting, deadline, self._greeted)
        self._connecting = self._loop.create_task(self._open(wire))

    async def _open(self, wire: _Wire) -> None:
        try:
            await self._loop.create_connection(lambda: wire, *self._address)
        except OSError:
            self.wire_lost(wire)

    def _send(self, packed: bytes, deadline: float, done: Done) -> None:
        self._in_flight.append((deadline, done))
        self._out.append(packed)
        if len(self._out) == 1:
            self._loop.call_soon(self._flush)
        if self._timer is None:
            self._timer = self._loop.call_at(self._in_flight[0][0], self._look)

    def _flush(self) -> None:
        if self._out and self._wire is not None and self._wire.transport is not None:
            self._wire.transport.write(b"".join(self._out))
            self._out.clear()

    def _look(self) -> None:
        """The oldest deadline has passed, or had when the timer was set."""
        self._timer = None
        if not self._in_flight:
            return
        if self._in_flight[0][0] <= self._loop.time():
            self._fail()
        else:
            self._timer = self._loop.call_at(self._in_flight[0][0], self._look)

    def _greeted(self, reply: Outcome) -> None:
        if reply == b"PONG":
            self.takes = self.is_up = True
            if self._timer is not None:  # set for the greeting, which may wait longer than a request
                self._timer.cancel()
                self._timer = None
            if self._in_flight:
                self._timer = self._loop.call_at(self._in_flight[0][0], self._look)
        elif isinstance(reply, ErrorReply):  # still loading, or the wrong password
            self._fail()

    def wire_made(self, wire: _Wire) -> None:
        """Connected: sends the waiting requests."""
        if wire is self._wire:
            self._flush()
        elif wire.transport is not None:
            wire.transport.abort()

    def wire_heard(self, wire: _Wire, replies: list[Reply]) -> None:
        """Replies arrived, in the order of the requests."""
        for reply in replies:
            if wire is not self._wire or not self._in_flight:
                return
            self._in_flight.popleft()[1](reply)

    def wire_lost(self, wire: _Wire) -> None:
        """Refused, reset, or closed by the node."""
        if wire is self._wire:
            self._fail()

    def _fail(self) -> None:
        """Fails everything in flight, and schedules the next greeting."""
        self.takes = self.is_up = False
        wire, self._wire = self._wire, None
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None
        if wire is not None and wire.transport is not None:
            wire.transport.abort()
        for timer in (self._timer, self._retry):
            if timer is not None:
                timer.cancel()
        self._timer = self._retry = None
        self._out.clear()
        lost, self._in_flight = self._in_flight, deque()
        if not self._closed:
            self._retry = self._loop.call_later(RETRY_S, self._connect, GREETING_S)
        for _deadline, done in lost:
            done(Failed.LOST)


class _Wire(asyncio.Protocol):
    """A connection. What arrives after its line has given it up is ignored."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._replies = Replies()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's transport is not a subclass
        self._line.wire_made(self)

    def data_received(self, data: bytes) -> None:
        try:
            replies = self._replies.feed(data)
        except NotAReply:
            self._line.wire_lost(self)
        else:
            self._line.wire_heard(self, replies)

    def connection_lost(self, exc: Exception | None) -> None:
        self._line.wire_lost(self)


def _both(done: Done, told: Callable[[], None], outcome: Outcome) -> None:
    done(outcome)
    told()


def _nobody(_reply: Outcome) -> None:
    """Ignores a reply."""
