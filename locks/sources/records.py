"""Parses the records in the scripts' answers into Observed. The scripts define the format."""

from __future__ import annotations

from struct import Struct
from struct import error as struct_error

from locks.core.observed import MOST_VALUE_BYTES, Member, Observed

_HEAD = Struct("<BqIHII")
_MEMBER = Struct("<IIq")
_TTLS = Struct("<q")
_TYPES = ("", "string", "hash", "zset", "list", "set", "stream", "other")
_STRING = 1


class BadRecords(ValueError):
    """An answer that our script cannot have made."""


def observed(blob: bytes) -> list[Observed]:
    """The keys in an answer, in order. Linear in its length. Raises BadRecords."""
    found: list[Observed] = []
    at, end = 0, len(blob)
    unpack_head, unpack_member = _HEAD.unpack_from, _MEMBER.unpack_from
    head_size, member_size = _HEAD.size, _MEMBER.size
    try:
        while at < end:
            code, ttl, size, count, key_size, value_size = unpack_head(blob, at)
            at += head_size
            key = blob[at : at + key_size]
            at += key_size
            ttl_ms = None if ttl < 0 else ttl
            if code == _STRING:
                value = blob[at : at + value_size]
                at += value_size
                # After the part of a long value comes the digest of the whole.
                short, digest = value[:MOST_VALUE_BYTES], value[MOST_VALUE_BYTES:]
                found.append(Observed(key, "string", ttl_ms, short, (), size, digest))
                continue
            members = []
            for _ in range(count):
                name_size, value_size, field_ttl = unpack_member(blob, at)
                at += member_size
                middle = at + name_size
                after = middle + value_size
                members.append(Member(blob[at:middle], blob[middle:after], None if field_ttl < 0 else field_ttl))
                at = after
            found.append(Observed(key, _TYPES[code], ttl_ms, b"", tuple(members), size))
    except (struct_error, IndexError) as error:
        raise BadRecords(f"an answer of {end} bytes cannot be read") from error
    if at != end:
        raise BadRecords(f"an answer of {end} bytes was cut off")
    return found


def ttls(blob: bytes, count: int) -> list[int]:
    """The answer of the script PTTL. Raises BadRecords."""
    if len(blob) != count * _TTLS.size:
        raise BadRecords(f"{len(blob)} bytes for {count} keys")
    return [ttl for (ttl,) in _TTLS.iter_unpack(blob)]
