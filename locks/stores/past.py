"""Holds that ended, newest last: a capped stream that survives a restart of our own Redis."""

from __future__ import annotations

import json
from typing import cast

from locks.core.rows import Past
from locks.stores.line import FAILURES, StoreGone, line, names_of

MOST_KEPT = 50_000
_AT_ONCE = 1_000
_FIELD_OF_LANE, _FIELD_OF_HOLD = b"l", b"h"

# KEYS: past. ARGV: newest id to look at, limit, lane. Returns the id to continue from (older), and the holds found.
# Only matching holds leave the server, and no call looks at more than a thousand entries.
_OF_LANE = """
local entries = redis.call('XREVRANGE', KEYS[1], ARGV[1], '-', 'COUNT', ARGV[2])
local found = {}
for _, entry in ipairs(entries) do
  local fields = entry[2]
  if fields[2] == ARGV[3] then found[#found + 1] = fields[4] end
end
if #entries < tonumber(ARGV[2]) then return {'', found} end
return {'(' .. entries[#entries][1], found}
"""


def fields_of(hold: Past) -> dict[bytes, bytes]:
    """The fields of an entry in the stream."""
    return {_FIELD_OF_LANE: hold["lane"].encode(), _FIELD_OF_HOLD: json.dumps(hold, separators=(",", ":")).encode()}


def past(slug: str, since_ms: int, most: int = 1_000) -> list[Past]:
    """The newest holds that ended at `since_ms` (by our Redis' clock) or later, `most` of them, oldest first.

    Raises StoreGone.
    """
    try:
        entries = line().xrevrange(names_of(slug).past, "+", f"{max(0, since_ms)}-0", count=most)
    except FAILURES as error:
        raise StoreGone(str(error)) from error
    return [
        json.loads(fields[_FIELD_OF_HOLD])
        for _id, fields in reversed(cast("list[tuple[bytes, dict[bytes, bytes]]]", entries))
    ]


def past_of(slug: str, lane: str, most: int = 100) -> list[Past]:
    """The newest holds of one lane, `most` of them, oldest first. O(MOST_KEPT), in small steps. Raises StoreGone."""
    ours, key, found, newest = line(), names_of(slug).past, cast("list[Past]", []), "+"
    try:
        while newest and len(found) < most:
            older, texts = cast("tuple[bytes, list[bytes]]", ours.eval(_OF_LANE, 1, key, newest, str(_AT_ONCE), lane))
            newest = older.decode()
            found += [json.loads(text) for text in texts]
    except FAILURES as error:
        raise StoreGone(str(error)) from error
    return found[:most][::-1]
