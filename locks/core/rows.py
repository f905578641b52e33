"""Locks as pages and commands show them: rows, past holds, status and frames, as JSON, and the names in them.

Times are in milliseconds since 1970, by the clock that the watcher uses for everything.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from hashlib import blake2b
from typing import Literal, NotRequired, TypedDict

from locks.core.reading import Proof, Reading

Text = str | dict[str, str]
"""A readable text, or {"b64": ...} if the bytes are not valid UTF-8."""
AlertKind = Literal[
    "stale_write", "overwritten", "no_connection", "missed_renewal", "starving", "long_held", "no_ttl"
]  # fmt: skip
WORST_FIRST: tuple[AlertKind, ...] = (
    "stale_write", "overwritten", "no_connection", "missed_renewal", "starving", "long_held", "no_ttl"
)  # fmt: skip
End = Literal["released", "expired", "broken", "overwritten", "gone", "unknown"]
"""How a hold ended. released: it was deleted before its deadline. expired: it was gone at its deadline. broken: by one
of our operators. overwritten: somebody else wrote over it. gone: found missing, by a reconcile or after a FLUSHALL.
"""
MOST_RENEWALS = 16
MOST_WAITING = 16
_ID_BYTES = 8


class Alert(TypedDict):
    """`value` is in milliseconds for long_held (what is usual) and missed_renewal (its rhythm), otherwise None."""

    kind: AlertKind
    since: int
    value: float | None


class Waiting(TypedDict):
    """A waiter whose id can be seen. `since` is when the watcher first saw it."""

    id: Text
    label: str | None
    since: int


class Row(TypedDict):
    """One holder of one lock. Rows with the same `lane` have the same key. `ttl` is the length of the lease; `ends_at`
    is None if it has no TTL; `since_seen` is False if it was held before watching began.
    """

    id: str
    lane: str
    key: Text
    name: Text
    pattern: str
    client: str
    confidence: str
    evidence: list[str]
    kind: str
    mode: str
    holder: Text | None
    label: str | None
    about: dict[str, str]
    count: int
    fencing: int | None
    since: int
    since_seen: bool
    ttl: int | None
    ends_at: int | None
    renewed: list[int]
    waiters: int | None
    waiters_inferred: bool
    waiting: list[Waiting]
    proof: str
    can_wake: bool
    alerts: list[Alert]


Past = TypedDict(
    "Past",
    {
        "id": str,
        "lane": str,
        "key": Text,
        "name": Text,
        "label": str | None,
        "holder": Text | None,
        "fencing": int | None,
        "from": int,
        "from_seen": bool,
        "to": int,
        "end": End,
        "renewed": list[int],
    },
)
"""A hold that ended."""


class Trouble(TypedDict):
    """Why a source cannot be watched: a code and the server's own message."""

    kind: str
    text: str


class Advice(TypedDict):
    """What would let the watcher see more: a line to type at the watched server, and a code for what it costs.

    `servers`: the nodes of a Cluster that need it, if others do not.
    """

    line: str
    cost: str
    servers: NotRequired[list[str]]


class CostRow(TypedDict):
    """What watching a source costs: calls a second, by command, and an estimate of the server's time."""

    calls_s: float
    by_command: NotRequired[dict[str, float]]
    server_us_s: float | None
    budget_us_s: int | None
    throttled: bool


class Status(TypedDict):
    """The state of a source's watching. `clock_ms` is how far off a time may be."""

    state: Literal["discovering", "watching", "paused", "down", "waiting"]
    since: int
    trouble: Trouble | None
    progress: float | None
    scanned: int
    keys: int
    way: Literal["notifications", "tracking", "scanning"]
    advice: Advice | None
    server: str
    role: str
    reconciled_at: int | None
    took_ms: int | None
    cost: CostRow
    locks: int
    capped: bool
    seq: int
    clock_ms: float


def text_of(raw: bytes) -> Text:
    """Bytes in a form that JSON can hold; `bytes_of` converts them back."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(raw).decode()}


def bytes_of(text: Text) -> bytes:
    """The inverse of `text_of`. Raises ValueError for anything else."""
    if isinstance(text, str):
        return text.encode()
    if set(text) != {"b64"}:
        raise ValueError(f"not a text: {text!r}")
    return base64.b64decode(text["b64"], validate=True)


def kept_text(text: Text | None) -> Text | None:
    """As `text_of`, except for a NUL: it is valid UTF-8, but a JSON column of PostgreSQL refuses it."""
    if isinstance(text, str) and "\0" in text:
        return {"b64": base64.b64encode(text.encode()).decode()}
    return text


def lane_of(key: bytes) -> str:
    """16 hex digits. The rows of one key share a lane."""
    return _digest(key)


def id_of(reading: Reading) -> str:
    """16 hex digits, from the key and its holder."""
    return _digest(reading.key, *slot_of(reading))


def slot_of(reading: Reading) -> tuple[bytes, bytes]:
    """What tells one holder of a key from another: its mode and its holder_id, otherwise the member that proves it.

    A string without a holder_id has one slot, whatever its value.
    """
    return reading.mode.encode(), reading.proof.member if reading.holder_id is None else reading.holder_id


def proof_digest(proof: Proof) -> str:
    """32 hex digits that identify a proof without showing it: the page sends them back, and a break compares them.

    "" if it was not read in full, because then nothing can be compared.
    """
    if not proof.whole:
        return ""
    whole = (b"%d" % proof.size, proof.digest) if proof.size else ()
    return blake2b(_framed((proof.type.encode(), proof.value, proof.member, *whole)), digest_size=16).hexdigest()


def _digest(*parts: bytes) -> str:
    return blake2b(_framed(parts), digest_size=_ID_BYTES).hexdigest()


def _framed(parts: Iterable[bytes]) -> bytes:
    """Each part after its length, so that no two lists of parts make the same bytes."""
    return b"".join(b"%d:%s" % (len(part), part) for part in parts)
