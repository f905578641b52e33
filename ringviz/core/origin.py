"""The origin's value for a key: what a cache stores after a miss. Computed from the key, never stored."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

VALUE_BYTES: Final = 100


def origin_value(key: bytes, version: int = 0) -> bytes:
    """The value of a key, VALUE_BYTES long: its version (0 until somebody writes it), a space, and letters derived from
    the key. Filling and refilling a cluster stores version 0.
    """
    digest = blake2b(key, digest_size=VALUE_BYTES // 2).hexdigest()
    return (b"%d %b" % (version, digest.encode()))[:VALUE_BYTES]
