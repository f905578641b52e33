"""A connection to somebody else's server. It can send only a handful of commands, and all of them read.

The far end is not trusted: replies are bounded, every wait has a limit, and anything that is not a reply ends the
connection.
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
_MOST_BYTES = 64 * 1024  # per reply
_MOST_MAP_BYTES = 8 * 1024 * 1024  # ten thousand nodes need less


class Question(Enum):
    """Everything that is ever sent, except AUTH. All of it reads."""

    NODES = (b"CLUSTER", b"NODES")
    COUNT = (b"DBSIZE",)
    KEYSPACE = (b"INFO", b"keyspace")
    MEMORY = (b"INFO", b"memory")

    @property
    def most_bytes(self) -> int:
        """The limit of its reply."""
        return _MOST_MAP_BYTES if self is Question.NODES else _MOST_BYTES

    @property
    def right(self) -> str:
        """The command that the user must be allowed to run."""
        return b" ".join(self.value if self is Question.NODES else self.value[:1]).decode()


class Login(NamedTuple):
    """A person's login: an empty password means none, an empty user name the default user."""

    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Login(...)"


class Connection:
    """One connection. It asks one question at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, target: Target, login: Login) -> Connection:
        """Connects to exactly this address and signs in. Raises Unreachable; Refusal if the login is refused."""
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
        """The reply, an integer as its digits.

        Raises Unreachable, which closes the connection; Refusal for an error.
        """
        return await self._call(command(*question.value), question.most_bytes)

    def close(self) -> None:
        """Closes at once; anything in flight is dropped."""
        with suppress(OSError, RuntimeError):  # RuntimeError: its loop ended, and so did the connection
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
        """The reply to the one question that was sent. Also raises NotAReply for null and for extra data."""
        found: list[Reply] = []
        while not found:
            data = await self._reader.read(_AT_ONCE_BYTES)
            if not data:
                raise EOFError("the connection was closed")
            found = replies.feed(data)
        if len(found) > 1 or not replies.is_between or found[0] is None:
            raise NotAReply("not exactly one reply")
        return found[0]
