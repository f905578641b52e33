"""The engine's protocol (RESP2), as far as a workload speaks it: commands out; lines, numbers and bulk strings in."""

from __future__ import annotations

Reply = bytes | int | None
"""A bulk or simple string, a number, or null. A refusal is a `Refused`, which is bytes too."""


class Refused(bytes):
    """An error reply: `MOVED 7 127.0.0.1:7001`, `CLUSTERDOWN ...`."""


class Broken(ValueError):
    """What came is not of this protocol, or a reply that nobody here asks for (an array)."""


def command(*words: bytes) -> bytes:
    """A command as it travels."""
    return b"*%d\r\n" % len(words) + b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in words])


class Replies:
    """Takes bytes as they come and gives the replies that are whole."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that these bytes complete, in their order. Raises Broken."""
        buffer = self._rest + data if self._rest else data
        found: list[Reply] = []
        at = 0
        while (end := buffer.find(b"\r\n", at)) >= 0:
            kind, head = buffer[at], buffer[at + 1 : end]
            at_next = end + 2
            if kind == 0x24:  # $
                length = _number(head)
                if length < 0:
                    found.append(None)
                else:
                    after = at_next + length + 2
                    if len(buffer) < after:
                        break
                    found.append(buffer[at_next : after - 2])
                    at_next = after
            else:
                found.append(_simple(kind, head))
            at = at_next
        self._rest = buffer[at:]
        return found


def _simple(kind: int, head: bytes) -> Reply:
    if kind == 0x2B:  # +
        return head
    if kind == 0x2D:  # -
        return Refused(head)
    if kind == 0x3A:  # :
        return _number(head)
    raise Broken(f"a reply of kind {chr(kind)!r}")


def _number(head: bytes) -> int:
    try:
        return int(head)
    except ValueError:
        raise Broken(f"not a number: {head[:40]!r}") from None
