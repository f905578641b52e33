"""What the origin has for a key: the value that a cache stores when it missed. Made from the key, never kept."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

VALUE_BYTES: Final = 100


def origin_value(key: bytes, version: int = 0) -> bytes:
    """The value of a key, VALUE_BYTES long: its version (0 until somebody wrote it), a space, and letters of the key's
    own. Whoever fills or refills a cluster stores version 0.
    """
    digest = blake2b(key, digest_size=VALUE_BYTES // 2).hexdigest()
    return (b"%d %b" % (version, digest.encode()))[:VALUE_BYTES]
