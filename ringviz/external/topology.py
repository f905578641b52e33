"""What CLUSTER NODES says, as members. Pure, and written by strangers: what cannot be is refused, not repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ringviz.bounds import MAX_NODES
from ringviz.core.buckets import BUCKETS

_ID = re.compile(r"[0-9a-f]{40}", re.ASCII)
_SLOTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)
_MOVING = re.compile(r"\[\d{1,5}-[<>]-[0-9a-f]{40}\]", re.ASCII)
_ADDRESS = re.compile(r"(?P<host>[^@,]*):(?P<port>\d{1,5})(@\d{1,6})?(,.*)?", re.ASCII)


class NoTopology(ValueError):
    """This is not how a cluster describes itself."""


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
    """The members of a reply, in its order, those not yet met or without an address left out. Raises NoTopology."""
    lines = text.splitlines()
    if not 1 <= len(lines) <= MAX_NODES * 4:
        raise NoTopology("no members, or too many")
    members = [member for line in lines if (member := _member(line)) is not None]
    if len({member.id for member in members}) != len(members):
        raise NoTopology("a member twice")
    _check_slots(members)
    return members


def _member(line: str) -> Member | None:
    words = line.split()
    if len(words) < 8 or not _ID.fullmatch(words[0]):
        raise NoTopology("no line of a member")
    flags = set(words[2].split(","))
    match = _ADDRESS.fullmatch(words[1])
    if match is None:
        raise NoTopology("no address")
    if flags & {"handshake", "noaddr"}:
        return None
    primary_id = "" if words[3] == "-" else words[3]
    if primary_id and not _ID.fullmatch(primary_id):
        raise NoTopology("no primary")
    state = "down" if "fail" in flags else "suspected" if "fail?" in flags else "active"
    host = match["host"].strip("[]")
    if not host.isprintable() or len(host) > 100:
        raise NoTopology("no host")
    return Member(words[0], host, int(match["port"]), "myself" in flags, primary_id, state, _ranges(words[8:]))


def _ranges(words: list[str]) -> tuple[tuple[int, int], ...]:
    ranges = []
    for word in words:
        if _MOVING.fullmatch(word):
            continue
        match = _SLOTS.fullmatch(word)
        first = int(match[1]) if match else BUCKETS
        last = int(match[2] or first) if match else BUCKETS
        if not 0 <= first <= last < BUCKETS:
            raise NoTopology("no slots")
        ranges.append((first, last))
    return tuple(_joined(sorted(ranges)))


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
        raise NoTopology("a slot twice")
    if any(member.ranges and member.primary_id for member in members):
        raise NoTopology("slots of a replica")
