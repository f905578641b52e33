"""One server's connection for pings, and the round trip of the ping of this round.

Answers are matched by connection: after a miss the connection is dropped, so late answers of a thawed server are
ignored. Any reply counts, even an error or "loading": what matters is that the process answers.
"""

import asyncio
from contextlib import suppress
from typing import Final

from servers.address import Address
from servers.resp import NotAReply, Replies, command

# A frozen server accepts connections until its backlog (511) is full, which would lock everybody out. So after this
# many misses in a row the silent connection is kept, nothing more is sent on it, and it is replaced only once in this
# many rounds.
EAGER_MISSES = 2
ROUNDS_A_CONNECTION = 20

_PING: Final = command(b"PING")
_MOST_BYTES = 1024  # per reply


class _Link(asyncio.Protocol):
    """A connection. `owed` is the number of outstanding replies."""

    def __init__(self, loop: asyncio.AbstractEventLoop, opening: bytes, replies: int) -> None:
        self._loop = loop
        self._opening = opening
        self.owed = replies
        self.answered_at: float | None = None
        self._replies = Replies(_MOST_BYTES)
        self._transport: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  stream protocols get a Transport
        self._transport = transport
        transport.write(self._opening)

    def data_received(self, data: bytes) -> None:
        try:
            self.owed = max(0, self.owed - len(self._replies.feed(data)))
        except NotAReply:  # the rest of the stream cannot be parsed
            self.abort()
            return
        if not self.owed:
            self.answered_at = self._loop.time()

    def ping(self) -> None:
        assert self._transport is not None  # noqa: S101  the caller has asked `is_open`
        self.owed, self.answered_at = 1, None
        self._transport.write(_PING)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Probe:
    """Pings one server once a round. Lives in the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, address: Address, password: str) -> None:
        self._loop = loop
        self._address = address
        self._opening = (command(b"AUTH", password.encode()) if password else b"") + _PING
        self._replies = 2 if password else 1
        self._link: _Link | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._asked_at: float | None = None
        self._misses = 0

    def ask(self) -> None:
        """Sends a ping, on a new connection if needed. Returns at once."""
        self._asked_at = self._loop.time()
        if self._connecting is not None:
            return
        if self._link is None or not self._link.is_open:
            self._link = _Link(self._loop, self._opening, self._replies)
            self._connecting = self._loop.create_task(self._connect(self._link))
        elif self._link.owed:
            self._asked_at = None  # still silent: any reply now answers an earlier round
        else:
            self._link.ping()

    @property
    def rtt_s(self) -> float | None:
        """Seconds until this round's answer, including connecting if needed. None while there is none."""
        if self._link is None or self._asked_at is None or self._link.answered_at is None:
            return None
        return self._link.answered_at - self._asked_at

    def settle(self) -> bool:
        """Ends the round and returns whether the server answered. After a miss, the next round reconnects."""
        if self.rtt_s is not None:
            self._misses = 0
            return True
        self._misses += 1
        if self._misses <= EAGER_MISSES or self._misses % ROUNDS_A_CONNECTION == 0:
            self.close()
        return False

    def close(self) -> None:
        """Drops the connection or the connection attempt."""
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None
        if self._link is not None:
            self._link.abort()
            self._link = None

    async def _connect(self, link: _Link) -> None:
        try:
            with suppress(OSError):  # refused: a miss like any other
                await self._loop.create_connection(lambda: link, *self._address)
        finally:
            if self._link is link:
                self._connecting = None
            else:
                link.abort()
