"""Buckets: the parts of the hash space that correspond to an engine's slots, and the names of stored keys.

A bucket is the top 14 bits of a key's hash. A key is stored as `{tag}key`: the engine hashes the text between the
braces, and each bucket's tag is chosen so that its slot has the bucket's number. So the owner of a bucket owns the slot
with the same number. The tag is never shown.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

from servers.slots import SLOTS, slot_of

HASH_BITS: Final = 32
BUCKETS: Final = SLOTS
BUCKET_SHIFT: Final = HASH_BITS - (BUCKETS.bit_length() - 1)

_ALPHABET = (digits + ascii_uppercase + ascii_lowercase).encode()
_LONGEST_TAG = 3  # every slot has one of at most this length


def bucket_of(hash_: int) -> int:
    """The bucket of a 32-bit hash, 0..16383."""
    return hash_ >> BUCKET_SHIFT


def tag_of(bucket: int) -> bytes:
    """The base62 tag of a bucket (0..16383, otherwise IndexError): at most 3 characters, CRC16 slot == bucket."""
    if bucket < 0:
        raise IndexError(bucket)
    return _tags()[bucket]


def stored_name(key: bytes, bucket: int) -> bytes:
    """The name under which an engine stores a key of this bucket, for any key bytes."""
    return b"{%b}%b" % (tag_of(bucket), key)


def key_stored_as(name: bytes) -> tuple[bytes, int] | None:
    """The key, and the bucket, that an engine's name stands for by its tag; None if it has no tag of ours.

    The caller checks that the key's hash is in the bucket: anybody may store a name that looks like one of ours.
    """
    tag, brace, key = name[1:].partition(b"}")
    if not (name.startswith(b"{") and brace and 0 < len(tag) <= _LONGEST_TAG):
        return None
    bucket = slot_of(tag)
    return (key, bucket) if tag_of(bucket) == tag else None


@cache
def _tags() -> tuple[bytes, ...]:
    """The tag of each bucket: the shortest text that hashes to its slot, then the first in alphabetical order."""
    found: dict[int, bytes] = {}
    for length in range(1, _LONGEST_TAG + 1):
        for letters in product(_ALPHABET, repeat=length):
            tag = bytes(letters)
            found.setdefault(slot_of(tag), tag)
            if len(found) == BUCKETS:
                return tuple(found[bucket] for bucket in range(BUCKETS))
    raise AssertionError("a slot without a tag")
