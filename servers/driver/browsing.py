"""Reads a server's keys and the beginning of each value, page by page or at random. Writes nothing.

Only the commands in COMMANDS are sent. SCAN goes through the whole keyspace with a cursor: a key that exists from start
to end is returned at least once, perhaps twice. RANDOMKEY picks a slot, weighted by its number of keys, then a key from
its table; keys with few neighbours in that table are picked somewhat more often, and a key may be picked again.
Sources: https://valkey.io/commands/scan/ and randomkey/, `kvstoreGetFairRandomHashtableIndex` in src/kvstore.c.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final, Literal

from servers.address import Address
from servers.driver.viewing import Viewing
from servers.errors import Refusal, Unreachable

COMMANDS: Final = frozenset(
    {
        *("SCAN", "DBSIZE", "RANDOMKEY", "TYPE", "PTTL", "MEMORY USAGE"),
        *("STRLEN", "HLEN", "LLEN", "SCARD", "ZCARD", "XLEN"),
        *("GETRANGE", "HSCAN", "LRANGE", "SSCAN", "ZRANGE", "XRANGE"),
    }
)
MOST_MEMBERS: Final = 5  # of a value that has members
MOST_WORD: Final = 200  # bytes of a string, or of a member
MOST_NAMES_BYTES: Final = 256 * 1024  # of one page; a page with longer names has fewer keys
MOST_MEMBER_BYTES: Final = 64 * 1024  # if the members of a value are larger on average, they are counted and not read
_NO_KEY = -2  # PTTL
_MOST_SCANS = 20  # for a page of a nearly empty table: each looks at `count` more places

Row = tuple[bytes, ...]
"""A member: alone, with its value (hash), with its score (sorted set), or an entry: id, field, value, field, ..."""


@dataclass(frozen=True, slots=True)
class Held:
    """A key as its server has it.

    `state` is "moved" if another server owns it now, "gone" if it expired or was deleted meanwhile; the other fields
    are then empty. `kind` is the engine's name of its type. `ttl_ms` is None without expiry. `bytes` is the memory of
    key and value, estimated by the engine from a few members. `length` counts bytes of a string, otherwise members.
    `beginning` has at most MOST_WORD bytes of a string in one row, or at most MOST_MEMBERS rows; None if not read.
    """

    name: bytes
    state: Literal["here", "moved", "gone"] = "here"
    kind: str = ""
    ttl_ms: int | None = None
    bytes: int | None = None
    length: int | None = None
    beginning: tuple[Row, ...] | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Keys of a server, and `total`, how many it has. `cursor` is where the next page begins, 0 after the last page.

    `drawn` is the number of draws in a random sample; `keys` has each drawn key once. 0 for a page.
    """

    keys: Sequence[Held]
    total: int
    cursor: int = 0
    drawn: int = 0


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a type is read: the commands for the name of a key, and the rows from the second reply."""

    length: str
    first: Callable[[bytes], Sequence[str | int | bytes]]
    rows: Callable[[Any], Iterable[Row]]


_KINDS: Final[Mapping[str, _Kind]] = {
    "string": _Kind("STRLEN", lambda name: ("GETRANGE", name, 0, MOST_WORD - 1), lambda text: [(text,)]),
    "hash": _Kind("HLEN", lambda name: ("HSCAN", name, 0, "COUNT", MOST_MEMBERS), lambda reply: reply[1].items()),
    "list": _Kind(
        "LLEN", lambda name: ("LRANGE", name, 0, MOST_MEMBERS - 1), lambda members: zip(members, strict=False)
    ),
    "set": _Kind(
        "SCARD", lambda name: ("SSCAN", name, 0, "COUNT", MOST_MEMBERS), lambda reply: zip(reply[1], strict=False)
    ),
    "zset": _Kind(
        "ZCARD",
        lambda name: ("ZRANGE", name, 0, MOST_MEMBERS - 1, "WITHSCORES"),
        lambda flat: zip(flat[::2], flat[1::2], strict=False),
    ),
    "stream": _Kind(
        "XLEN",
        lambda name: ("XRANGE", name, "-", "+", "COUNT", MOST_MEMBERS),
        lambda entries: [(id_, *(word for pair in (fields or {}).items() for word in pair)) for id_, fields in entries],
    ),
}


@dataclass(slots=True)
class _Asking:
    """One look at the server: each exchange begins before `deadline`, on the monotonic clock."""

    address: Address
    deadline: float
    seen: dict[bytes, None] = field(default_factory=dict)  # in order

    @property
    def size(self) -> int:
        return sum(map(len, self.seen))


class Browsing(Viewing):
    """The part that shows keys and values to people."""

    def page_of_keys(self, address: Address, cursor: int, count: int, within_s: float) -> Look:
        """The keys from a cursor on: about `count`, fewer if the names are long or the table is nearly empty.

        No exchange begins after `within_s`; one that has begun may take the engine's timeout longer. Raises
        Unreachable, also if the time is up; Refusal for an invalid cursor.
        """
        asking = _Asking(address, time.monotonic() + within_s)
        total = self._read(asking, [("DBSIZE",)])[0]
        for _turn in range(_MOST_SCANS):
            reply = self._read(asking, [("SCAN", cursor, "COUNT", count - len(asking.seen))])[0]
            if isinstance(reply, Refusal):
                raise reply
            cursor, names = reply
            asking.seen.update(dict.fromkeys(names))
            if not cursor or len(asking.seen) >= count or asking.size > MOST_NAMES_BYTES:
                break
        return Look(self._held(asking), int(total), cursor=int(cursor))

    def random_keys(self, address: Address, count: int, within_s: float) -> Look:
        """The keys of `count` random draws, each once. Deadline and errors as for `page_of_keys`."""
        asking = _Asking(address, time.monotonic() + within_s)
        total, *drawn = self._read(asking, [("DBSIZE",), *[("RANDOMKEY",)] * count])
        names = [name for name in drawn if isinstance(name, bytes)]  # null from an empty server
        asking.seen.update(dict.fromkeys(names))
        return Look(self._held(asking), int(total), drawn=len(names))

    def _held(self, asking: _Asking) -> list[Held]:
        """Three exchanges: what each key is, how long its value is, and how it begins."""
        names = list(asking.seen)
        replies = self._read(
            asking, [words for name in names for words in (("TYPE", name), ("PTTL", name), ("MEMORY", "USAGE", name))]
        )
        found = [_met(name, *replies[3 * at : 3 * at + 3]) for at, name in enumerate(names)]
        lengths = self._read(asking, [(_KINDS[one.kind].length, one.name) for one in found if one.kind in _KINDS])
        known = iter(lengths)
        counted = [_counted(one, next(known)) if one.kind in _KINDS else one for one in found]
        values = iter(self._read(asking, [_KINDS[one.kind].first(one.name) for one in counted if _is_readable(one)]))
        return [_begun(one, next(values)) if _is_readable(one) else one for one in counted]

    def _read(self, asking: _Asking, commands: Sequence[Sequence[str | int | bytes]]) -> list[Any]:
        """The replies to commands that only read; a Refusal for each that was refused."""
        if any(words[0] not in COMMANDS and " ".join(map(str, words[:2])) not in COMMANDS for words in commands):
            raise ValueError("a command that is not for reading")
        left = asking.deadline - time.monotonic()
        if left <= 0:
            raise Unreachable(f"{asking.address}: too slow")
        return self._calls.many(asking.address, commands) if commands else []


def _met(name: bytes, kind: Any, ttl_ms: Any, size: Any) -> Held:
    """A key, from the replies to TYPE, PTTL and MEMORY USAGE."""
    if isinstance(kind, Refusal):  # MOVED or ASK: TYPE itself is never refused
        return Held(name, state="moved")
    if kind == b"none" or ttl_ms == _NO_KEY:
        return Held(name, state="gone")
    expires = isinstance(ttl_ms, int) and ttl_ms >= 0
    return Held(
        name,
        kind=kind.decode("ascii", "replace"),
        ttl_ms=ttl_ms if expires else None,
        bytes=size if isinstance(size, int) else None,
    )


def _counted(held: Held, length: Any) -> Held:
    """The key with its length, if its type has not changed."""
    return replace(held, length=length) if isinstance(length, int) else held


def _is_readable(held: Held) -> bool:
    """Whether the beginning of its value is small enough to be read. A string's always is."""
    if held.length is None or held.kind == "string":
        return held.length is not None
    return (held.bytes or 0) <= MOST_MEMBER_BYTES * max(1, held.length)


def _begun(held: Held, reply: Any) -> Held:
    """The key with the beginning of its value, unless its type changed meanwhile."""
    if isinstance(reply, Refusal):
        return held
    rows = islice(_KINDS[held.kind].rows(reply), MOST_MEMBERS)
    return replace(held, beginning=tuple(tuple(map(_word, row)) for row in rows))


def _word(word: Any) -> bytes:
    """A score is a number, or its text."""
    return (word if isinstance(word, bytes) else str(word).encode())[: MOST_WORD + 1]
