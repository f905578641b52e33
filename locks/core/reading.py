"""A reading: one holder of one lock, how sure that is, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from locks.core.observed import MOST_VALUE_BYTES, Observed

Confidence = Literal["certain", "likely", "possible"]
"""certain: only this client writes such a key. likely: the shape fits it, and little else. possible: it may be one."""


@dataclass(slots=True)
class Proof:
    """What proves the holder: a break compares and deletes exactly this, and nothing else.

    `type` string: the whole `value`; if that was cut, `size` is its length in bytes and `digest` its SHA-1 in hex,
    empty if nobody computed it. hash: the field `member` with its `value`. zset: the `member`, whatever its score. set:
    the `member`.

    If that alone would leave the lock half held, a break that found the proof also deletes the members `also`, then the
    whole key if only the members `frame` are left in it, and adds one permit to the counter `returns`.
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
        """Whether a break can compare it: a long member, or a field's long value, was read only in part."""
        if self.type == "string":
            return not self.size or self.digest != b""
        short = len(self.member) < MOST_VALUE_BYTES and len(self.value) < MOST_VALUE_BYTES
        return short and (self.type != "hash" or self.value != b"")


@dataclass(frozen=True, slots=True)
class Wake:
    """How waiters are woken after a break, in the way that their client expects.

    push: an element on the list `target`, which then lives `expire_ms` (0: unchanged). publish: a message on the
    channel `target`. queue: our own queue hands over, by the script of `locks.lock`.
    """

    how: Literal["push", "publish", "queue"]
    target: bytes
    payload: bytes = b""
    expire_ms: int = 0


@dataclass(slots=True)
class Reading:
    """One holder of one lock. A lock with several holders has several readings with the same `key`.

    Do not change one after `recognise` made it. It is not frozen, because a look makes 100,000 of them and frozen ones
    take four times as long.

    `key` holds the proof, `name` is what is locked. `client` is the most specific name that the evidence supports.
    `evidence` are codes, such as "name:client" or "value:uuid1", worded in `locks.core.evidence`. `kind` is mutex,
    semaphore, read_write, ..., `mode` read or write. `holder_id` is None if the format has none, `ttl_ms` if it never
    ends by itself. `count` is how many times the holder entered. `waiters` is None if they cannot be seen; `waiter_ids`
    are those whose names can be. `about` is what else the value says: host, node, pid, thread, since_ms.
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
