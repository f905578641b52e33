"""A reading: one holder of one lock, with how sure that is and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from locks.core.observed import MOST_VALUE_BYTES, Observed

Confidence = Literal["certain", "likely", "possible"]
"""certain: only this client writes such a key. likely: the shape fits it, and little else. possible: it may be one."""


@dataclass(slots=True)
class Proof:
    """What proves the holder, and what a break compares and deletes: nothing but exactly this.

    `type` string: the whole `value`; where that was cut, `size` is its length in bytes and `digest` its SHA-1 in hex,
    empty where nobody made one. hash: the field `member` with its `value`. zset: the `member`, whatever its score. set:
    the `member`.

    Where that alone would leave the lock half held, a break that found the proof also deletes the members `also`, then
    the whole key if nothing but the members `frame` is left in it, and adds one to the counter `returns`: a permit.
    """

    type: Literal["string", "hash", "zset", "set"]
    value: bytes = b""
    member: bytes = b""
    also: tuple[bytes, ...] = ()
    frame: tuple[bytes, ...] = ()
    returns: bytes = b""
    size: int = 0
    digest: bytes = b""

    @classmethod
    def of(cls, seen: Observed) -> Proof:
        """A string's whole value."""
        if seen.size <= len(seen.value):
            return cls("string", seen.value)
        return cls("string", seen.value, size=seen.size, digest=seen.digest)

    @property
    def whole(self) -> bool:
        """Whether a break can compare it: of a long member, or a field's long value, only a part was read."""
        if self.type == "string":
            return not self.size or self.digest != b""
        short = len(self.member) < MOST_VALUE_BYTES and len(self.value) < MOST_VALUE_BYTES
        return short and (self.type != "hash" or self.value != b"")


@dataclass(frozen=True, slots=True)
class Wake:
    """How waiters are woken after a break, in the way that their client expects.

    push: an element on the list `target`, which then lives `expire_ms` (0: as it is). publish: a message on the channel
    `target`. queue: our own queue hands over, by the script of `locks.lock`.
    """

    how: Literal["push", "publish", "queue"]
    target: bytes
    payload: bytes = b""
    expire_ms: int = 0


@dataclass(slots=True)
class Reading:
    """One holder of one lock; a lock that several hold is several readings with the same `key`.

    Nobody changes one after `recognise` gave it. It is not frozen, since a look makes 100,000 of them and freezing
    costs four times as long.

    `key` holds the proof, `name` is what is locked. `client` is the most specific name that the evidence supports.
    `evidence` are codes, such as "name:client" or "value:uuid1", worded in `locks.core.evidence`. `kind` is mutex,
    semaphore, read_write, ..., `mode` read or write. `holder_id` is None where the format has none, `ttl_ms` where it
    never ends by itself. `count` is how many times the holder entered. `waiters` is None where they cannot be seen,
    `waiter_ids` are those whose names can be. `about` is what else the value tells: host, node, pid, thread, since_ms.
    """

    key: bytes
    name: bytes
    client: str
    confidence: Confidence
    proof: Proof
    kind: str = "mutex"
    mode: str = ""
    holder_id: bytes | None = None
    ttl_ms: int | None = None
    count: int = 1
    waiters: int | None = None
    waiter_ids: tuple[bytes, ...] = ()
    waiters_inferred: bool = False
    fencing_token: int | None = None
    evidence: tuple[str, ...] = ()
    about: dict[str, str] = field(default_factory=dict)
    wake: Wake | None = None
