"""One server's connection for pings, and the round trip of the ping of this round.

An answer is matched by its connection: after a miss the connection is dropped, so that what a frozen server says once
it thaws reaches nobody. Any reply counts (an error, "loading" too): the question is whether the process answers.
"""

import asyncio
from contextlib import suppress

# A frozen server accepts connections until its backlog (511) is full, which would shut out everybody. So after these
# misses in a row the silent connection is kept, and replaced only each so many rounds. Nothing more is sent on it.
EAGER_MISSES = 2
ROUNDS_A_CONNECTION = 20

_PING = b"*1\r\n$4\r\nPING\r\n"


def _auth(password: str) -> bytes:
    secret = password.encode()
    return b"*2\r\n$4\r\nAUTH\r\n$%d\r\n%b\r\n" % (len(secret), secret)


class _Line(asyncio.Protocol):
    """A connection. `owed` is how many replies (of one line each) are still to come on it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, opening: bytes, replies: int) -> None:
        self._loop = loop
        self._opening = opening
        self.owed = replies
        self.answered_at: float | None = None
        self._transport: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  what a stream protocol gets
        self._transport = transport
        transport.write(self._opening)

    def data_received(self, data: bytes) -> None:
        self.owed -= data.count(b"\n")
        if self.owed <= 0:
            self.owed = 0
            self.answered_at = self._loop.time()

    def ping(self) -> None:
        assert self._transport is not None  # noqa: S101  the caller has asked `is_open`
        self.owed, self.answered_at = 1, None
        self._transport.write(_PING)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Probe:
    """Asks one server (address: IP and port) once a round. Lives in its loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, address: tuple[str, int], password: str) -> None:
        self._loop = loop
        self._address = address
        self._opening = (_auth(password) if password else b"") + _PING
        self._replies = 2 if password else 1
        self._line: _Line | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._asked_at: float | None = None
        self._misses = 0

    def ask(self) -> None:
        """Sends a ping, on a new connection where there is none. Returns at once."""
        self._asked_at = self._loop.time()
        if self._connecting is not None:
            return
        if self._line is None or not self._line.is_open:
            self._line = _Line(self._loop, self._opening, self._replies)
            self._connecting = self._loop.create_task(self._connect(self._line))
        elif self._line.owed:
            self._asked_at = None  # still silent: what may come now answers an earlier round
        else:
            self._line.ping()

    @property
    def rtt_s(self) -> float | None:
        """Seconds that the answer of this round took (with connecting, if it had to); None while there is none."""
        if self._line is None or self._asked_at is None or self._line.answered_at is None:
            return None
        return self._line.answered_at - self._asked_at

    def settle(self) -> bool:
        """Ends the round: whether the server answered. After a miss the next round connects anew."""
        if self.rtt_s is not None:
            self._misses = 0
            return True
        self._misses += 1
        if self._misses <= EAGER_MISSES or self._misses % ROUNDS_A_CONNECTION == 0:
            self.close()
        return False

    def close(self) -> None:
        """Drops the connection, or the attempt at one."""
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None
        if self._line is not None:
            self._line.abort()
            self._line = None

    async def _connect(self, line: _Line) -> None:
        try:
            with suppress(OSError):  # refused: a miss like any other
                await self._loop.create_connection(lambda: line, *self._address)
        finally:
            if self._line is line:
                self._connecting = None
            else:
                line.abort()
