"""What a client declares of its locks: which keys may be its own, what must be read beside them, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from locks.core.observed import Needs, Observed, World
from locks.core.reading import Confidence, Proof, Reading, Wake

NO_NEEDS = Needs()
NONE: Sequence[Reading] = ()


class Shape(NamedTuple):
    """How a string's value, or one of the field names or members, may look: from `least` to `most` bytes, and `lua`.

    `lua` is a pattern of Lua's `string.find`. It may be wider than what the reader accepts, never narrower.
    """

    least: int
    most: int
    lua: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of key that a client writes. `read` is asked where the type fits, and the name or the shape does.

    `prefixes`, `suffixes` and `infixes` are of the key, `words` of the key in lower case; one that fits is enough.
    `shapes` are of a string's value, of a hash's field names, or of the members of a set or sorted set; one member that
    fits is enough. `read` gives an empty answer for what is not its own; it must bear any bytes, in time proportional
    to them. `only`: of a hash with such a name no other fields matter than those that contain this, and there may be
    thousands of others.
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
    """A client: the names that its readings bear, its kinds of keys, and its companions' way back.

    `base` gives the key that a companion belongs to, or None for what is no companion of this client. `companions` are
    the beginnings, ends or middles of such names: they are never locks, whatever their value looks like. `twin` gives
    the other key of a lock that has two, each of which is read on its own.
    """

    names: tuple[str, ...]
    rules: tuple[Rule, ...]
    base: Callable[[bytes], bytes | None] | None = None
    companion_prefixes: tuple[bytes, ...] = ()
    companion_suffixes: tuple[bytes, ...] = ()
    companion_infixes: tuple[bytes, ...] = ()
    twin: Callable[[bytes], bytes | None] | None = None


def beyond(queue: Observed | None) -> int:
    """How many more stand in a queue than were read of it."""
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
    """One holder of a mutex that is a string: its whole value is the proof, and mostly the holder_id too."""
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
