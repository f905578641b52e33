"""The table of a source: every lock held there, as pages show it, and the status of its watching.

A second read fetches only what changed since the first, however many rows there are.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from locks.core.rows import Row, Status
from locks.stores.line import FAILURES, Names, StoreGone, line, names_of

_AT_ONCE = 2_000

# KEYS: head, changed, rows. ARGV: epoch, the reader's seq, limit. Returns the head, then the ids and rows that changed
# since; "whole" if that is no longer known.
_SINCE = """
local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'floor')
if not head[1] then return {'', '0', 'whole'} end
local have = tonumber(ARGV[2])
if head[1] ~= ARGV[1] or have < tonumber(head[3] or '0') then return {head[1], head[2], 'whole'} end
local found = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[2], '+inf', 'LIMIT', 0, tonumber(ARGV[3]) + 1)
if #found > tonumber(ARGV[3]) then return {head[1], head[2], 'whole'} end
if #found == 0 then return {head[1], head[2], 'since', {}, {}} end
return {head[1], head[2], 'since', found, redis.call('HMGET', KEYS[3], unpack(found))}
"""

# KEYS: rows. ARGV: cursor, approximate count. Returns the next cursor, and the rows as one JSON array: parsing 100,000
# separate answers took half of the time.
_PART = """
local found = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local rows = {}
for i = 2, #found[2], 2 do rows[#rows + 1] = found[2][i] end
return {found[1], '[' .. table.concat(rows, ',') .. ']'}
"""


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a source by their id, at `seq`. `epoch` says which watcher counted it. Do not change it."""

    epoch: str
    seq: int
    rows: Mapping[str, Row]


EMPTY = Table("", 0, {})


@dataclass
class _Kept:
    table: Table = EMPTY
    reading: threading.Lock = field(default_factory=threading.Lock)


_kept: dict[str, _Kept] = {}
_keeping = threading.Lock()


def table(slug: str) -> Table:
    """The rows of a source now; empty if nothing watches it. O(changes since this process last asked).

    Raises StoreGone.
    """
    names = names_of(slug)
    with _keeping:
        kept = _kept.setdefault(names.rows, _Kept())
    with kept.reading:
        try:
            kept.table = _newer(names, kept.table)
        except FAILURES as error:
            raise StoreGone(str(error)) from error
        return kept.table


def row(slug: str, row_id: str) -> Row | None:
    """One row, as it is now. Raises StoreGone."""
    try:
        found = line().hget(names_of(slug).rows, row_id)
    except FAILURES as error:
        raise StoreGone(str(error)) from error
    return None if found is None else cast(Row, json.loads(cast(bytes, found)))


def status(slug: str) -> Status | None:
    """The state of a source's watching; None if no watcher runs. Raises StoreGone."""
    try:
        found = line().get(names_of(slug).status)
    except FAILURES as error:
        raise StoreGone(str(error)) from error
    return None if found is None else cast(Status, json.loads(cast(bytes, found)))


def _newer(names: Names, have: Table) -> Table:
    reply = line().eval(_SINCE, 3, names.head, names.changed, names.rows, have.epoch, str(have.seq), str(_AT_ONCE))
    epoch, seq, how, *found = cast("list[bytes | list[bytes | None]]", reply)
    head = (cast(bytes, epoch).decode(), int(cast(bytes, seq)))
    if how == b"whole":
        return _whole(names) if head[0] else EMPTY
    ids, texts = cast("list[list[bytes | None]]", found)
    if not ids:
        return have if head[1] == have.seq else Table(*head, have.rows)
    rows = dict(have.rows)
    for row_id, text in zip(ids, texts, strict=True):
        name = cast(bytes, row_id).decode()
        if text is None:
            rows.pop(name, None)
        else:
            rows[name] = json.loads(text)
    return Table(*head, rows)


def _whole(names: Names) -> Table:
    """Reads the head first: what changes while the rows are read has a higher seq, and is read again next time."""
    ours = line()
    epoch, seq = cast("list[bytes | None]", ours.hmget(names.head, ["epoch", "seq"]))
    rows: dict[str, Row] = {}
    cursor = "0"
    while True:
        next_one, part = cast("list[bytes]", ours.eval(_PART, 1, names.rows, cursor, str(_AT_ONCE)))
        cursor = next_one.decode()
        rows.update((row["id"], row) for row in cast("list[Row]", json.loads(part)))
        if cursor == "0":
            break
    return EMPTY if epoch is None or seq is None else Table(epoch.decode(), int(seq), rows)
