"""Changes as they come: by keyspace notifications, or by client tracking if those are off, from every primary."""

from __future__ import annotations

import selectors
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from redis.exceptions import RedisError, ResponseError

from locks.sources.lines import Line
from locks.sources.pushes import BadPush, Pushes

_READ_BYTES = 1 << 18

Way = Literal["notifications", "tracking"]


class Change(NamedTuple):
    """A key that changed. `what` is the event's name in keyspace notifications (set, del, expired, ...), empty if only
    the change itself is known. If `key` is None, everything may have changed, because the server was flushed.
    """

    key: bytes | None
    what: str = ""


class Listening:
    """Listens to the changes of a source. Use it from one thread at a time, except for `close`.

    It hears nothing that happened before it was created, and notifications do not report FLUSHALL. If you listen first
    and then read, you miss nothing else while the connections hold. When a connection breaks, `changes` raises and the
    object is finished.
    """

    def __init__(self, lines: Sequence[Line], way: Way) -> None:
        """Raises SourceTrouble if a server does not let us listen."""
        self.way: Way = way
        self._ears: list[_Ear] = []
        self._selector = selectors.DefaultSelector()
        try:
            for line in lines:
                self._ears.append(ear := _Ear(line, way))
                self._selector.register(ear.socket, selectors.EVENT_READ, ear)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Listening:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def changes(self, timeout_s: float) -> list[Change]:
        """What changed, in order per server, as soon as there is something; empty after `timeout_s`.

        Raises SourceTrouble if a connection ended, for example because a server found us too slow.
        """
        deadline = time.monotonic() + timeout_s
        found = [change for ear in self._ears for change in ear.early()]
        while not found:
            left_s = deadline - time.monotonic()
            for key, _events in self._selector.select(max(0.0, left_s)):
                found += key.data.hear()
            if left_s <= 0:
                break
        return found

    def close(self) -> None:
        """Closes the connections."""
        for ear in self._ears:
            ear.close()
        self._selector.close()


class _Ear:
    """The connection to one server. redis-py opens it; this class reads from it."""

    def __init__(self, line: Line, way: Way) -> None:
        self._line = line
        self._read = _notified if way == "notifications" else _invalidated
        self._pushes = Pushes()
        self._messages: list[Any] = []
        self._connection = line.connection(2 if way == "notifications" else 3)
        self.socket: socket.socket = self._connection._sock
        try:
            if way == "notifications":
                self._ask("PSUBSCRIBE", f"__keyspace@{line.target.db}__:*")
            else:
                self._ask("CLIENT", "TRACKING", "ON", "BCAST")
        except BaseException:
            self.close()
            raise

    def _ask(self, *words: str) -> None:
        """Sends the first command and waits for its confirmation."""
        begun = time.perf_counter()
        try:
            self._connection.send_command(*words, check_health=False)
            while not self._messages:
                self._messages += self._pushes.add(self._received())
            answer = self._messages.pop(0)
            if isinstance(answer, bytes) and answer != b"OK":
                raise ResponseError(answer.decode(errors="replace"))
        except (RedisError, OSError, BadPush) as error:
            raise self._line.trouble(error, words[0]) from error
        finally:
            name = " ".join(words[:2]) if words[0] == "CLIENT" else words[0]
            self._line.cost.add(name, sum(map(len, words)), 0, time.perf_counter() - begun)

    def early(self) -> list[Change]:
        """The messages that came with the confirmation."""
        messages, self._messages = self._messages, []
        return [change for message in messages for change in self._read(message)]

    def hear(self) -> list[Change]:
        """The messages that have arrived. Raises SourceTrouble."""
        try:
            messages = self._pushes.add(self._received())
        except (BlockingIOError, ssl.SSLWantReadError):
            return []
        except (OSError, BadPush) as error:
            raise self._line.trouble(error) from error
        return [change for message in messages for change in self._read(message)]

    def _received(self) -> bytes:
        data = self.socket.recv(_READ_BYTES)
        if not data:
            raise ConnectionResetError("the server closed the connection")
        self._line.cost.received(len(data))
        return data

    def close(self) -> None:
        """Closes the connection."""
        self._connection.disconnect()


def _notified(message: Any) -> Iterator[Change]:
    if isinstance(message, list) and len(message) == 4 and message[0] == b"pmessage":
        yield Change(message[2].partition(b"__:")[2], message[3].decode(errors="replace"))


def _invalidated(message: Any) -> Iterator[Change]:
    if isinstance(message, list) and len(message) == 2 and message[0] == b"invalidate":
        if message[1] is None:
            yield Change(None, "flush")
        else:
            yield from map(Change, message[1])
