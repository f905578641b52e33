"""What was read of one key of a server, before anybody interprets it, and what else was seen at the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

MOST_VALUE_BYTES = 1_024
"""The most that is read of a string's value. Few locks are longer; `Observed.size` has the real length."""
MOST_PROVEN_BYTES = 16_384
"""For a longer value, up to this length, the server computes a digest. More would take too much of its time."""
MOST_MEMBERS = 256
"""The most members that are read of a hash, sorted set, list or set."""


class Member(NamedTuple):
    """One field of a hash with its value, one member of a sorted set with its score as the server writes it, or one
    element of a list or set, whose `value` is empty. `ttl_ms` is the time left of a hash field that has its own.
    """

    name: bytes
    value: bytes = b""
    ttl_ms: int | None = None


@dataclass(slots=True)
class Observed:
    """A key at one moment. `type` is the server's word: string, hash, zset, list, set, stream.

    Do not change one after it is made. It is not frozen, because a reread makes 100,000 of them and frozen ones take
    four times as long.

    `ttl_ms` is what is left of its time to live, None if it has none. `value` is that of a string, cut at
    MOST_VALUE_BYTES; if it was cut, `digest` is the SHA-1 of the whole in hex, empty beyond MOST_PROVEN_BYTES.
    `members` belong to the other types, in the server's order, at most MOST_MEMBERS. `size` is the full length: bytes
    of a string, otherwise members.
    """

    key: bytes
    type: str
    ttl_ms: int | None = None
    value: bytes = b""
    members: tuple[Member, ...] = ()
    size: int = 0
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Connection:
    """A line of CLIENT LIST. `flags` contains `b` while it waits in a blocking command, which `command` then names."""

    address: str
    name: str
    command: str
    flags: str
    age_s: int
    idle_s: int
    library: str = ""


class World(Protocol):
    """What else was seen in the same look. None always means that it was not asked, or is not known."""

    @property
    def now_ms(self) -> int:
        """The server's clock, in milliseconds since 1970."""

    def key(self, name: bytes) -> Observed | None:
        """Another key, if a declaration needs it (`Needs`) and it exists."""

    def subscribers(self, channel: bytes) -> int | None:
        """How many connections are subscribed to a channel."""

    @property
    def connections(self) -> Sequence[Connection] | None:
        """All connections."""

    @property
    def whole(self) -> bool:
        """Whether this look covers every lock of the server: only then can waiters be inferred from connections."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be read with a key before it can be understood: other keys, and channels whose subscribers count."""

    keys: tuple[bytes, ...] = ()
    channels: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """The simplest `World`: what was read, in dictionaries."""

    now_ms: int
    keys: Mapping[bytes, Observed]
    channels: Mapping[bytes, int]
    connections: Sequence[Connection] | None = None
    whole: bool = False

    def key(self, name: bytes) -> Observed | None:
        """Another key from the same look."""
        return self.keys.get(name)

    def subscribers(self, channel: bytes) -> int | None:
        """How many connections are subscribed to a channel."""
        return self.channels.get(channel)
