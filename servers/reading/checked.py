"""Checks CLUSTER NODES from untrusted servers: what is impossible is refused, not repaired."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from servers.slots import joined
from servers.topology import Member, NotTopology, parse_members

MOST_LINES: Final = 40_000  # ten thousand primaries with three replicas each

_ID = re.compile(r"[0-9a-f]{40}", re.ASCII)
_MOST_HOST, _MOST_HOSTNAME = 100, 253


def checked_members(text: str) -> list[Member]:
    """The members of a reply, in order, with neighbouring ranges joined.

    Members in a handshake are left out. One that lost its address stays, with its slots, and so does a replica with the
    slots that it still lists. Raises NotTopology for impossible replies: too many members, a duplicate, an invalid ID
    or host, a slot of two primaries.
    """
    if text.count("\n") > MOST_LINES:
        raise NotTopology("too many members")
    seen = parse_members(text)
    if not seen or len({member.id for member in seen}) != len(seen):
        raise NotTopology("no members, or a duplicate member")
    members = [_checked(member) for member in seen if not member.greeting]
    _check_slots(members)
    return members


def _checked(member: Member) -> Member:
    if not _ID.fullmatch(member.id) or (member.primary_id and not _ID.fullmatch(member.primary_id)):
        raise NotTopology("no member's id")
    named = ((member.address.host, _MOST_HOST), (member.hostname, _MOST_HOSTNAME))
    if any(len(text) > most or not text.isprintable() for text, most in named):
        raise NotTopology("no host")
    return replace(member, ranges=joined(member.ranges))


def _check_slots(members: Sequence[Member]) -> None:
    """A slot has one owner. A replica does not own what it lists."""
    ranges = sorted(span for member in members if not member.primary_id for span in member.ranges)
    if any(one[1] >= other[0] for one, other in pairwise(ranges)):
        raise NotTopology("a slot with two owners")
