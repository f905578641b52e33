"""One connection per request (connect, log in, ask, close), so that balancing connections balances requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, cast

from servers.address import Address
from servers.client.line import Done, Failed, Limits, Outcome
from servers.resp import ErrorReply, NotAReply, Replies, Reply, command


class Calls:
    """Like a `Line` to a node, but opens a connection for each request. Lives in the running loop."""

    def __init__(self, address: Address, password: str, limits: Limits) -> None:
        self.limits: Final = limits
        self.is_up = True
        self.opened = 0  # connections attempted
        self._address = address
        self._greeting = command(b"AUTH", password.encode()) if password else b""
        self._replies = 2 if password else 1
        self._open: set[_Call] = set()

    def ask(self, packed: bytes, done: Done) -> None:
        """Sends a command on a new connection; Calls `done` once, at the latest after the timeout."""
        if len(self._open) >= self.limits.most_in_flight:
            done(Failed.FULL)
            return
        self.opened += 1
        self._open.add(_Call(self, self._greeting + packed, self._replies, done))

    def when_next(self, told: Callable[[], None]) -> None:
        """Never calls `told`, because no request waits behind another."""

    def close(self) -> None:
        """Closes every connection. Requests in flight are lost."""
        self.is_up = False
        for call in list(self._open):
            call.end(Failed.LOST)

    def ended(self, call: _Call) -> None:
        """Forgets a finished call."""
        self._open.discard(call)

    async def connect(self, call: _Call) -> None:
        """Opens a call's connection."""
        try:
            await asyncio.get_running_loop().create_connection(lambda: call, *self._address)
        except OSError:
            call.end(Failed.AWAY)


class _Call(asyncio.Protocol):
    """One connection with one request."""

    def __init__(self, calls: Calls, packed: bytes, replies: int, done: Done) -> None:
        loop = asyncio.get_running_loop()
        self._calls, self._packed, self._left, self._done = calls, packed, replies, done
        self._reading = Replies()
        self._transport: asyncio.Transport | None = None
        self._ended = False
        self._timer = loop.call_later(calls.limits.timeout_s, self._expire)
        self._connecting = loop.create_task(calls.connect(self))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transport is not a subclass
        if self._ended:
            self._transport.abort()
        else:
            self._transport.write(self._packed)

    def data_received(self, data: bytes) -> None:
        try:
            replies = self._reading.feed(data)
        except NotAReply:
            self.end(Failed.LOST)
            return
        for reply in replies:
            self._heard(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self.end(Failed.LOST)

    def end(self, outcome: Outcome) -> None:
        """Ends the call, once."""
        if self._ended:
            return
        self._ended = True
        self._timer.cancel()
        if self._transport is not None:
            self._transport.abort()
        else:
            self._connecting.cancel()
        self._calls.ended(self)
        self._done(outcome)

    def _expire(self) -> None:
        self.end(Failed.AWAY if self._transport is None else Failed.LOST)

    def _heard(self, reply: Reply) -> None:
        self._left -= 1
        if isinstance(reply, ErrorReply) or not self._left:
            self.end(reply)
