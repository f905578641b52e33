"""A connection to a server of somebody else: it sends a handful of commands that read, and knows no other.

The far end is not trusted: replies are bounded, every wait has its end, and what is no reply ends the connection.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import Enum
from typing import NamedTuple

from ringviz.external.targets import Target

_LINE_BYTES = 64 * 1024
_MOST_BYTES = 64 * 1024  # of a reply
_MOST_MAP_BYTES = 8 * 1024 * 1024  # ten thousand nodes describe themselves in less


class Command(Enum):
    """All that is ever sent, but for AUTH. Each reads."""

    NODES = (b"CLUSTER", b"NODES")
    COUNT = (b"DBSIZE",)
    KEYSPACE = (b"INFO", b"keyspace")
    MEMORY = (b"INFO", b"memory")

    @property
    def most_bytes(self) -> int:
        """Of its reply."""
        return _MOST_MAP_BYTES if self is Command.NODES else _MOST_BYTES


class Login(NamedTuple):
    """What a person gave: an empty password is none, an empty user name the default user."""

    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Login(...)"


class Unanswered(Exception):
    """There is no answer, or none that could be one. The connection is closed."""


class Refused(Exception):
    """The server answers with an error: it does not do this, or not for this user."""


class Line:
    """One connection. Questions are asked one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, target: Target, login: Login) -> Line:
        """Connects to this very address and signs in. Raises Unanswered; Refused where the login is not taken."""
        try:
            reader, writer = await asyncio.open_connection(target.ip, target.port, limit=_LINE_BYTES)
        except OSError as error:
            raise Unanswered(str(error)) from error
        line = cls(reader, writer)
        if login.password:
            words = [word.encode() for word in login if word]
            try:
                await line._call(b"AUTH", *words)
            except (Refused, asyncio.CancelledError):
                line.close()
                raise
        return line

    async def ask(self, command: Command) -> bytes:
        """The reply, an int as its digits. Raises Unanswered, Refused."""
        return await self._call(*command.value, most=command.most_bytes)

    def close(self) -> None:
        """At once; whatever was on its way is dropped."""
        with suppress(OSError, RuntimeError):  # RuntimeError: its loop has ended, and the connection with it
            self._writer.transport.abort()

    async def _call(self, *words: bytes, most: int = _MOST_BYTES) -> bytes:
        try:
            self._writer.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(one), one) for one in words))
            await self._writer.drain()
            return await self._reply(most)
        except (OSError, ValueError, EOFError, asyncio.LimitOverrunError) as error:
            self.close()
            raise Unanswered(str(error)) from error

    async def _reply(self, most: int) -> bytes:
        """One reply of the protocol's second version, of the kinds that these commands have. Raises ValueError."""
        line = await self._reader.readuntil(b"\r\n")
        kind, text = line[:1], line[1:-2]
        if kind in (b"+", b":"):
            return text
        if kind == b"-":
            raise Refused(text.decode(errors="replace"))
        if kind != b"$":
            raise ValueError("no reply of this protocol")
        length = int(text)
        if not 0 <= length <= most:
            raise ValueError("a reply too long")
        return (await self._reader.readexactly(length + 2))[:-2]
