"""What CLUSTER NODES says, as members. Pure. Strangers wrote it: what cannot be is refused, not repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ringviz.bounds import MAX_NODES
from ringviz.core import topology
from ringviz.core.topology import NotTopology

_ID = re.compile(r"[0-9a-f]{40}", re.ASCII)
_MOST_LINES = 4 * MAX_NODES
_MOST_HOST = 100


@dataclass(frozen=True, slots=True)
class Member:
    """A server of a cluster, as one of its members sees it.

    `host` is what it announces, empty where nobody knows; `ranges` are [first, last] slots; `state` is active,
    suspected (some say that it failed) or down (agreed). `primary_id` is empty for a primary.
    """

    id: str
    host: str
    port: int
    myself: bool
    primary_id: str
    state: str
    ranges: tuple[tuple[int, int], ...]

    @property
    def address(self) -> str:
        """As people read it; empty where nobody knows."""
        if not self.host:
            return ""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def members_of(text: str) -> list[Member]:
    """The members of a reply, in its order, those not yet met or without an address left out. Raises NotTopology."""
    if text.count("\n") > _MOST_LINES:
        raise NotTopology("too many members")
    told = topology.parse_members(text)
    if not told or len({member.id for member in told}) != len(told):
        raise NotTopology("no members, or one twice")
    members = [_member(member) for member in told if member.met]
    _check_slots(members)
    return members


def _member(told: topology.Member) -> Member:
    host, port = told.address
    primary_id = told.primary_id
    if not _ID.fullmatch(told.id) or (primary_id and not _ID.fullmatch(primary_id)):
        raise NotTopology("no member's id")
    if len(host) > _MOST_HOST or not host.isprintable():
        raise NotTopology("no host")
    state = "down" if "fail" in told.flags else "suspected" if told.failed else "active"
    return Member(told.id, host, port, told.myself, primary_id, state, tuple(_joined(sorted(told.ranges))))


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbours as one, so that one ownership is always told in the same way."""
    joined: list[tuple[int, int]] = []
    for first, last in ranges:
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _check_slots(members: list[Member]) -> None:
    """A slot has one owner, and that is a primary."""
    ranges = sorted(span for member in members for span in member.ranges)
    if any(one[1] >= other[0] for one, other in pairwise(ranges)):
        raise NotTopology("a slot twice")
    if any(member.ranges and member.primary_id for member in members):
        raise NotTopology("slots of a replica")
