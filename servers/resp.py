"""The part of the Redis and Valkey protocol (RESP2) that we use: sends commands; reads lines, numbers, bulk strings.

Every reply is bounded in length. Arrays are rejected, so no reply can nest: no command sent from here returns one.
Source: https://valkey.io/topics/protocol/
"""

from __future__ import annotations

from typing import Final

Reply = bytes | int | None
"""A simple or bulk string, a number, or null. An error is an `ErrorReply`, a subclass of bytes."""

MOST_LINE_BYTES: Final = 64 * 1024  # for a simple string, an error, a number or the head of a bulk string
MOST_BULK_BYTES: Final = 512 * 1024 * 1024  # a server's default limit

_MOST_DIGITS = 20
_KINDS: Final = b"+-:$"


class ErrorReply(bytes):
    """An error in a server's reply: `MOVED 7 127.0.0.1:7001`, `CLUSTERDOWN ...`."""


class NotAReply(ValueError):
    """The data is not in this protocol, is longer than allowed, or is an array."""


def command(*words: bytes) -> bytes:
    """A command in its wire format."""
    return b"*%d\r\n" % len(words) + b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in words])


class Replies:
    """Takes bytes as they arrive and returns complete replies. No bulk string may exceed `most_bytes`."""

    def __init__(self, most_bytes: int = MOST_BULK_BYTES) -> None:
        self._most_bytes = most_bytes
        self._parts: list[bytes] = []
        self._held = 0
        self._needed = 0  # no reply is complete before this many bytes

    @property
    def is_between(self) -> bool:
        """Whether no reply is partly received."""
        return not self._held

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that these bytes complete, in order. Raises NotAReply."""
        self._parts.append(data)
        self._held += len(data)
        if self._held < self._needed:
            return []
        buffer = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        found: list[Reply] = []
        at = self._needed = 0
        while (end := buffer.find(b"\r\n", at, at + MOST_LINE_BYTES)) >= 0:
            kind, head = buffer[at], buffer[at + 1 : end]
            after = end + 2
            if kind == 0x24:  # $
                # Try the fast way to parse a number first: this line runs for every value that is read.
                length = int(head) if head.isdigit() and len(head) <= _MOST_DIGITS else _number(head)
                if not -1 <= length <= self._most_bytes:
                    raise NotAReply(f"a bulk string of {length} bytes; at most {self._most_bytes} are allowed")
                if length < 0:
                    found.append(None)
                else:
                    start, after = after, after + length + 2
                    if len(buffer) < after:
                        self._needed = after - at
                        break
                    if not buffer.startswith(b"\r\n", after - 2):
                        raise NotAReply("a bulk string with the wrong length")
                    found.append(buffer[start : after - 2])
            else:
                found.append(_line(kind, head))
            at = after
        else:
            _check_begun(buffer, at)
        self._parts = [buffer[at:]] if at < len(buffer) else []
        self._held = len(buffer) - at
        return found


def _check_begun(buffer: bytes, at: int) -> None:
    """A line without its end. Raises NotAReply if it cannot become a reply."""
    if at < len(buffer) and buffer[at] not in _KINDS:
        raise NotAReply(f"a reply of kind {chr(buffer[at])!r}")
    if len(buffer) - at >= MOST_LINE_BYTES:
        raise NotAReply(f"a line of more than {MOST_LINE_BYTES} bytes")


def _line(kind: int, head: bytes) -> Reply:
    if kind == 0x2B:  # +
        return head
    if kind == 0x2D:  # -
        return ErrorReply(head)
    if kind == 0x3A:  # :
        return _number(head)
    raise NotAReply(f"a reply of kind {chr(kind)!r}")


def _number(head: bytes) -> int:
    """An integer in the protocol's format: int() would also accept spaces, underscores and other scripts."""
    if len(head) > _MOST_DIGITS or not head.removeprefix(b"-").isdigit():
        raise NotAReply(f"not a number: {head[:40]!r}")
    return int(head)
