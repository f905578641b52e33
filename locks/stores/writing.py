"""Writes what the watcher knows to our own Redis. Only the newest leader can: each write compares its fencing token.

A watcher that was paused past the end of its lease comes back with an older token and can write nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, cast

from locks.core.rows import Past, Row, Status
from locks.stores.line import FAILURES, Names, StoreGone, line, names_of
from locks.stores.past import MOST_KEPT, fields_of

STATUS_FOR_MS = 5_000
_AT_ONCE = 1_000
_MOST_TOMBSTONES = 20_000

# KEYS: leader, head, rows, changed, status, past. ARGV: fencing token, epoch, seq, "whole" or "since", limit of past,
# then three counts, each followed by its items: ids and rows that changed, ids that are gone, lanes and holds that
# ended; last the status, "" for none, and its lifetime. The score in `changed` is the seq at which a row changed.
_WRITE = """
local token = tonumber(ARGV[1])
local top = tonumber(redis.call('GET', KEYS[1]) or '0')
if top > token then return 'fenced' end
if top < token then redis.call('SET', KEYS[1], ARGV[1]) end
if ARGV[4] == 'since' and redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[2] then return 'lost' end
local at = 6
local function take(each, width)
  local count = tonumber(ARGV[at])
  at = at + 1
  for _ = 1, count do
    each(ARGV[at], ARGV[at + 1])
    at = at + width
  end
end
take(function(id, row)
  redis.call('HSET', KEYS[3], id, row)
  redis.call('ZADD', KEYS[4], ARGV[3], id)
end, 2)
take(function(id)
  redis.call('HDEL', KEYS[3], id)
  redis.call('ZADD', KEYS[4], ARGV[3], id)
end, 1)
take(function(lane, hold)
  redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[5], '*', 'l', lane, 'h', hold)
end, 2)
if ARGV[at] ~= '' then redis.call('SET', KEYS[5], ARGV[at], 'PX', ARGV[at + 1]) end
return 'ok'
"""
# KEYS: leader, head. ARGV: fencing token, epoch, seq. The last step of a write: readers see it from here on.
_SEAL = """
if tonumber(redis.call('GET', KEYS[1]) or '0') > tonumber(ARGV[1]) then return 'fenced' end
redis.call('HSET', KEYS[2], 'epoch', ARGV[2], 'seq', ARGV[3])
return 'ok'
"""
# KEYS: leader, head, rows, changed. ARGV: fencing token, seq. Forgets which rows are gone: slower readers read it all.
_FORGET = """
if tonumber(redis.call('GET', KEYS[1]) or '0') > tonumber(ARGV[1]) then return 'fenced' end
redis.call('DEL', KEYS[4])
redis.call('HSET', KEYS[2], 'floor', ARGV[2])
return 'ok'
"""


class Fenced(Exception):
    """A newer leader has written: this watcher must end."""


class TableLost(Exception):
    """Our own Redis lost the table (it restarted, or somebody flushed it): write the whole table again."""


class _Parts(NamedTuple):
    changed: Mapping[str, Row] = {}
    gone: Sequence[str] = ()
    ended: Sequence[Past] = ()


class TableWriter:
    """Writes the table of one source under a fencing token. Not thread-safe."""

    def __init__(self, slug: str, fencing_token: int) -> None:
        self._names = names_of(slug)
        self._token = fencing_token
        self._epoch = str(fencing_token)
        self._tombstones = 0

    def promote(self, fencing_token: int) -> None:
        """The same leader has a newer token: it lost its lease and took it again."""
        self._token = fencing_token

    def claim(self) -> int:
        """Locks out every older token from here on. Returns the seq that the last leader reached; its rows stay.

        Raises Fenced, StoreGone.
        """
        try:
            found = line().hget(self._names.head, "seq")
        except FAILURES as error:
            raise StoreGone(str(error)) from error
        seq = int(cast(bytes, found)) if found else 0
        self._write("whole", seq, _Parts(), None)
        self._seal(seq)
        return seq

    def write(
        self,
        seq: int,
        changed: Mapping[str, Row],
        gone: Sequence[str] = (),
        ended: Sequence[Past] = (),
        status: Status | None = None,
    ) -> None:
        """Writes what changed, under `seq`. Raises Fenced, TableLost, StoreGone; then nothing or a part is written."""
        self._write("since", seq, _Parts(changed, gone, ended), status)
        self._seal(seq)
        self._tombstones += len(gone)
        if self._tombstones > _MOST_TOMBSTONES:
            self._forget(seq)

    def replace(self, seq: int, rows: Mapping[str, Row], status: Status) -> None:
        """Writes the whole table; another leader's rows go once the new ones are there. Raises Fenced, StoreGone."""
        try:
            old = cast("list[bytes]", line().hkeys(self._names.rows))
        except FAILURES as error:
            raise StoreGone(str(error)) from error
        gone = [name for name in (raw.decode() for raw in old) if name not in rows]
        self._write("whole", seq, _Parts(rows, gone), status)
        self._forget(seq)
        self._seal(seq)

    def _write(self, how: str, seq: int, parts: _Parts, status: Status | None) -> None:
        """A thousand of each part at a time; the status comes last."""
        rows, ids, holds = iter(parts.changed.items()), iter(parts.gone), iter(parts.ended)
        last = False
        while not last:
            some = list(islice(rows, _AT_ONCE)), list(islice(ids, _AT_ONCE)), list(islice(holds, _AT_ONCE))
            last = all(len(part) < _AT_ONCE for part in some)
            arguments = [str(self._token), self._epoch, str(seq), how, str(MOST_KEPT), *_counted(*some)]
            arguments += [_json(status) if last and status else "", str(STATUS_FOR_MS)]
            self._run(_WRITE, _keys(self._names), arguments)

    def _seal(self, seq: int) -> None:
        self._run(_SEAL, (self._names.leader, self._names.head), [str(self._token), self._epoch, str(seq)])

    def _forget(self, seq: int) -> None:
        names = self._names
        self._run(_FORGET, (names.leader, names.head, names.rows, names.changed), [str(self._token), str(seq)])
        self._tombstones = 0

    def _run(self, script: str, keys: tuple[str, ...], arguments: list[Any]) -> None:
        try:
            answer = line().eval(script, len(keys), *keys, *arguments)
        except FAILURES as error:
            raise StoreGone(str(error)) from error
        if answer == b"fenced":
            raise Fenced(f"another process leads with a fencing token above {self._token}")
        if answer == b"lost":
            raise TableLost


def _keys(names: Names) -> tuple[str, ...]:
    return names.leader, names.head, names.rows, names.changed, names.status, names.past


def _counted(rows: list[tuple[str, Row]], gone: list[str], ended: list[Past]) -> Iterator[Any]:
    yield len(rows)
    for row_id, row in rows:
        yield row_id
        yield _json(row)
    yield len(gone)
    yield from gone
    yield len(ended)
    for hold in ended:
        yield from fields_of(hold).values()


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def newest_token() -> int:
    """The highest fencing token that has written; 0 if none has. Raises StoreGone."""
    try:
        found = line().get(names_of("").leader)
    except FAILURES as error:
        raise StoreGone(str(error)) from error
    return int(cast(bytes, found)) if found else 0
