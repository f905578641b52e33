"""The names of the keys in our own Redis; the connection is that of `live.store`."""

from __future__ import annotations

from typing import NamedTuple

from live.channel import channel_name, installation
from live.store import FAILURES, StoreGone, line

__all__ = ["FAILURES", "Names", "StoreGone", "lease_name", "line", "names_of", "prefix"]


class Names(NamedTuple):
    """The keys of one source. `leader` is shared by all sources: the highest fencing token that has written.

    `rows` is a hash of row id to JSON; `changed` a sorted set of row id to the seq of its last change, including rows
    that are gone; `head` a hash with seq, epoch, and `floor`, below which `changed` has forgotten. `status` is a
    string, `past` a stream; `broken` is the prefix of the mark that a break leaves, followed by the row's id.
    """

    leader: str
    rows: str
    changed: str
    head: str
    status: str
    past: str
    broken: str


def prefix() -> str:
    """The prefix of all our keys, so that the watcher ignores them when it watches our own server."""
    return f"{channel_name()}:locks:"


def lease_name(role: str) -> str:
    """The lock by which one process of a role leads this installation, and no other installation on the same server."""
    return f"{role}:{installation()}"


def names_of(slug: str) -> Names:
    """The keys of a source."""
    own = prefix()
    parts = ("rows", "changed", "head", "status", "past", "broken")
    return Names(f"{own}leader", *(f"{own}{slug}:{part}" for part in parts))
