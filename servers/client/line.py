"""One connection of a client to one node. Requests are pipelined, and none of them waits for long.

A node that is silent for the timeout, or gone, fails everything that is in flight to it at once; from then on a request
is turned away unsent until the node has answered a greeting. So a frozen node costs its own requests one timeout, once,
and nobody else's anything.
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
# A frozen server takes connections until its backlog is full: one greeting is left waiting there for so long.
GREETING_S: Final = 10.0


class Limits(NamedTuple):
    """How long a request may stay without a reply, in seconds, and how many may wait for theirs on one line.

    A client that only wants to go on keeps the timeout short; one that measures how long a node takes does not.
    """

    timeout_s: float = 0.3
    most_in_flight: int = 256


LIMITS: Final = Limits()


class Failed(Enum):
    """What came instead of a reply."""

    LOST = "sent, and no reply within the time: it may have been done"
    AWAY = "not sent: the node does not answer now"
    FULL = "not sent: too many are in flight to the node"


Outcome = Reply | Failed
Done = Callable[[Outcome], None]


class Line:
    """Lives in the running loop, connects at once, and again after each failure, until closed.

    Without `limits` those of LIMITS hold.
    """

    def __init__(self, address: Address, password: str, limits: Limits | None = None) -> None:
        self._address = address
        self.limits: Final = limits or LIMITS
        self._greeting = (command(b"AUTH", password.encode()) if password else b"") + command(b"PING")
        self._greeting_replies = 2 if password else 1
        self._loop = asyncio.get_running_loop()
        self._in_flight: deque[tuple[float, Done]] = deque()  # deadline, and whom to tell
        self._out: list[bytes] = []
        self._wire: _Wire | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._closed = False
        self.takes = True  # requests sent before the first reply wait for it
        self.is_up = False
        self._connect(self.limits.timeout_s)

    def ask(self, packed: bytes, done: Done, *, first: bytes = b"") -> None:
        """Sends a command; `done` is called once, at the latest after the timeout, at once where it is turned away.

        `first` is a command that goes before it on the same connection, and whose reply nobody hears (ASKING).
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
        """`told` is called once all that is in flight now has ended, at once where nothing is: whoever asks next is
        first in line then.
        """
        if not self._in_flight:
            told()
            return
        deadline, done = self._in_flight[-1]
        self._in_flight[-1] = deadline, partial(_both, done, told)

    def close(self) -> None:
        """Drops the connection; what is in flight is lost."""
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
        """The oldest deadline has come, or had come when the timer was set."""
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
            if self._timer is not None:  # it was set for the greeting, which may wait longer than a request
                self._timer.cancel()
                self._timer = None
            if self._in_flight:
                self._timer = self._loop.call_at(self._in_flight[0][0], self._look)
        elif isinstance(reply, ErrorReply):  # still loading, or another password
            self._fail()

    def wire_made(self, wire: _Wire) -> None:
        """Connected: what waits is sent."""
        if wire is self._wire:
            self._flush()
        elif wire.transport is not None:
            wire.transport.abort()

    def wire_heard(self, wire: _Wire, replies: list[Reply]) -> None:
        """Replies came, in the order of the requests."""
        for reply in replies:
            if wire is not self._wire or not self._in_flight:
                return
            self._in_flight.popleft()[1](reply)

    def wire_lost(self, wire: _Wire) -> None:
        """Refused, reset, or ended by the node."""
        if wire is self._wire:
            self._fail()

    def _fail(self) -> None:
        """Everything in flight is lost, and the next greeting is on its way soon."""
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
    """A connection. What comes on one that its line has given up reaches nobody."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._replies = Replies()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # that of uvloop is no subclass
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
    """Nobody waits for this reply."""
