"""What a client declares about its locks: which keys may be its own, what else must be read, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from locks.core.observed import Needs, Observed, World
from locks.core.reading import Confidence, Proof, Reading, Wake

NO_NEEDS = Needs()
NONE: Sequence[Reading] = ()


class Shape(NamedTuple):
    """The possible form of a string's value, a field name or a member: `least` to `most` bytes, and `lua`.

    `lua` is a pattern for Lua's `string.find`. It may match more than the reader accepts, but never less.
    """

    least: int
    most: int
    lua: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of key that a client writes. `read` is called if the type fits and the name or the shape does.

    `prefixes`, `suffixes` and `infixes` apply to the key, `words` to the key in lower case; one match is enough.
    `shapes` apply to a string's value, a hash's field names, or the members of a set or sorted set; one matching member
    is enough. `read` returns nothing for keys that belong to others; it must accept any bytes, in linear time. `only`:
    in a hash with such a name, only the fields that contain this text matter, because it may have thousands of others.
    """

    type: str
    read: Callable[[Observed, World], Sequence[Reading]]
    prefixes: tuple[bytes, ...] = ()
    suffixes: tuple[bytes, ...] = ()
    infixes: tuple[bytes, ...] = ()
    words: tuple[bytes, ...] = ()
    shapes: tuple[Shape, ...] = ()
    needs: Callable[[Observed], Needs] | None = None
    only: bytes = b""


@dataclass(frozen=True, slots=True)
class Client:
    """A client: the names in its readings, its kinds of keys, and how its companions lead back to them.

    `base` returns the key that a companion belongs to, or None if it is not a companion of this client. `companions`
    are prefixes, suffixes or middles of such names: they are never locks, whatever their values look like. `twin`
    returns the other key of a lock that has two, each of which is read separately.
    """

    names: tuple[str, ...]
    rules: tuple[Rule, ...]
    base: Callable[[bytes], bytes | None] | None = None
    companion_prefixes: tuple[bytes, ...] = ()
    companion_suffixes: tuple[bytes, ...] = ()
    companion_infixes: tuple[bytes, ...] = ()
    twin: Callable[[bytes], bytes | None] | None = None


def beyond(queue: Observed | None) -> int:
    """How many more waiters a queue has than were read."""
    return max(0, queue.size - len(queue.members)) if queue is not None and queue.type != "string" else 0


def held(
    seen: Observed,
    name: bytes,
    client: str,
    confidence: Confidence,
    *evidence: str,
    holder_id: bytes | None = None,
    about: dict[str, str] | None = None,
    waiters: int | None = None,
    wake: Wake | None = None,
) -> tuple[Reading]:
    """One holder of a mutex stored as a string: the whole value is the proof, and usually the holder_id too."""
    return (
        Reading(
            seen.key,
            name,
            client,
            confidence,
            Proof.of(seen),
            "mutex",
            "",
            holder_id,
            seen.ttl_ms,
            1,
            waiters,
            evidence=evidence,
            about=about or {},
            wake=wake,
        ),
    )
