"""The keys of our own lock, named once, for the lock that writes them and the watcher that reads them.

All keys of one lock are in one slot of a Redis Cluster: the braces contain its name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

CLIENT = "ringviz"
PREFIX = b"ringviz:lock:{"
MOST_NAME_BYTES = 512
KEPT = b":live:locks:"
"""Appears in the names of everything a watcher stores, in any installation: none of it is a lock."""


class BadLockName(ValueError):
    """A name that no lock can have."""


class Keys(NamedTuple):
    """`held` is the holder_id, with the time to live. `fencing` is the last fencing token, which never expires.

    `queue` is a sorted set of the waiters by their place in line: the millisecond since 1970, by the server's clock, at
    which each came, or one more than the place before. `leases` has the same waiters by when each is forgotten
    (milliseconds of that clock). `wake` is the prefix of the list that one waiter blocks on; its id follows. A waiter's
    id is the holder_id that it will have.
    """

    held: bytes
    fencing: bytes
    queue: bytes
    leases: bytes
    wake: bytes


def keys_of(name: str | bytes) -> Keys:
    """The keys of a lock. Raises BadLockName if the name is empty, longer than MOST_NAME_BYTES, or begins with "}" (the
    braces would be empty, and a cluster would spread the keys).
    """
    raw = name.encode() if isinstance(name, str) else name
    if not raw or len(raw) > MOST_NAME_BYTES or raw.startswith(b"}"):
        raise BadLockName(
            f"a lock's name must have 1 to {MOST_NAME_BYTES} bytes and must not begin with '}}': {name!r}"
        )
    held = PREFIX + raw + b"}"
    return Keys(held, held + b":fencing", held + b":queue", held + b":leases", held + b":wake:")


HOLDER = r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,79}"
"""The readable name of a holder. In the holder_id, a colon and 32 hexadecimal digits follow it."""
_HOLDER_ID = re.compile(rf"(?:({HOLDER}):)?[0-9a-f]{{32}}")


def label_of(holder_id: str) -> str:
    """The readable name before the random part of our holder_id; empty if there is none."""
    found = _HOLDER_ID.fullmatch(holder_id)
    return (found and found[1]) or ""
