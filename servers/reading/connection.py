"""A connection to a server of somebody else: it sends a handful of commands that read, and knows no other.

The far end is not trusted: replies are bounded, every wait has its end, and what is no reply ends the connection.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import Enum
from typing import NamedTuple

from servers.errors import NotPermitted, Refusal, Unreachable
from servers.guard.door import Target
from servers.resp import ErrorReply, NotAReply, Replies, Reply, command

_AT_ONCE_BYTES = 64 * 1024
_MOST_BYTES = 64 * 1024  # of a reply
_MOST_MAP_BYTES = 8 * 1024 * 1024  # ten thousand nodes describe themselves in less


class Question(Enum):
    """All that is ever sent, but for AUTH. Each reads."""

    NODES = (b"CLUSTER", b"NODES")
    COUNT = (b"DBSIZE",)
    KEYSPACE = (b"INFO", b"keyspace")
    MEMORY = (b"INFO", b"memory")

    @property
    def most_bytes(self) -> int:
        """Of its reply."""
        return _MOST_MAP_BYTES if self is Question.NODES else _MOST_BYTES

    @property
    def right(self) -> str:
        """The command that a user has to be allowed for it."""
        return b" ".join(self.value if self is Question.NODES else self.value[:1]).decode()


class Login(NamedTuple):
    """What a person gave: an empty password is none, an empty user name the default user."""

    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Login(...)"


class Connection:
    """One connection. Questions are asked one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, target: Target, login: Login) -> Connection:
        """Connects to this very address and signs in. Raises Unreachable; Refusal where the login is not taken."""
        try:
            reader, writer = await asyncio.open_connection(target.ip, target.port, limit=_AT_ONCE_BYTES)
        except OSError as error:
            raise Unreachable(str(error)) from error
        connection = cls(reader, writer)
        if login.password:
            words = [word.encode() for word in login if word]
            try:
                await connection._call(command(b"AUTH", *words))
            except (Refusal, asyncio.CancelledError):
                connection.close()
                raise
        return connection

    async def ask(self, question: Question) -> bytes:
        """The reply, an int as its digits. Raises Unreachable, after which it is closed; Refusal for an error."""
        return await self._call(command(*question.value), question.most_bytes)

    def close(self) -> None:
        """At once; whatever was on its way is dropped."""
        with suppress(OSError, RuntimeError):  # RuntimeError: its loop has ended, and the connection with it
            self._writer.transport.abort()

    async def _call(self, packed: bytes, most_bytes: int = _MOST_BYTES) -> bytes:
        try:
            self._writer.write(packed)
            await self._writer.drain()
            reply = await self._reply(Replies(most_bytes))
        except (OSError, NotAReply, EOFError) as error:
            self.close()
            raise Unreachable(str(error)) from error
        if isinstance(reply, ErrorReply):
            text = reply.decode(errors="replace")
            raise NotPermitted(text) if text.startswith("NOPERM") else Refusal(text)
        return reply if isinstance(reply, bytes) else b"%d" % reply

    async def _reply(self, replies: Replies) -> bytes | int:
        """The reply to the one question that was sent. Raises NotAReply also for null and for what follows it."""
        found: list[Reply] = []
        while not found:
            data = await self._reader.read(_AT_ONCE_BYTES)
            if not data:
                raise EOFError("the connection ended")
            found = replies.feed(data)
        if len(found) > 1 or not replies.is_between or found[0] is None:
            raise NotAReply("not the one reply that was asked for")
        return found[0]
