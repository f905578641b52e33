"""CLUSTER NODES as strangers wrote it: what cannot be is refused, not repaired."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from servers.slots import joined
from servers.topology import Member, NotTopology, parse_members

MOST_LINES: Final = 40_000  # of ten thousand primaries, three replicas each

_ID = re.compile(r"[0-9a-f]{40}", re.ASCII)
_MOST_HOST, _MOST_HOSTNAME = 100, 253


def checked_members(text: str) -> list[Member]:
    """The members of a reply, in its order, neighbouring ranges joined.

    Those not yet met are left out; one that lost its address stays, with its slots, and a replica with those that it
    still lists. Raises NotTopology for what no cluster can be: too many members, one twice, an id or host that is none,
    a slot of two primaries.
    """
    if text.count("\n") > MOST_LINES:
        raise NotTopology("too many members")
    seen = parse_members(text)
    if not seen or len({member.id for member in seen}) != len(seen):
        raise NotTopology("no members, or one twice")
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
    """A slot has one owner. What a replica lists it does not own."""
    ranges = sorted(span for member in members if not member.primary_id for span in member.ranges)
    if any(one[1] >= other[0] for one, other in pairwise(ranges)):
        raise NotTopology("a slot twice")
