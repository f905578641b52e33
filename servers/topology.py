"""What a member of a cluster reports about its cluster: CLUSTER NODES parsed into members, and who owns which slot.

A line is `<id> <ip:port@bus[,hostname[,name=value]...]> <flags> <primary> <ping> <pong> <epoch> <link> <slot> ...`,
where a slot is `7`, `7-12`, or the mark of a classic move: `[7->-<id>]` leaving, `[7-<-<id>]` coming. A server keeps
the same lines in its `nodes.conf`, and below them one that begins with `vars`. Nothing else of ours knows the format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from servers.address import Address
from servers.slots import SLOTS, SlotRange

_MARK = re.compile(r"\[(\d+)-([<>])-([0-9A-Za-z]+)\]", re.ASCII)
# The part of a member's line that says where it listens.
_PLACE = re.compile(r"^(?P<id>[0-9a-f]{40}) [^ ,]*:\d+@\d+", re.MULTILINE | re.ASCII)
_MYSELF = "myself"
_BEFORE_SLOTS = 8  # words of a line
_NOBODY = -1


class NotTopology(ValueError):
    """A reply that does not describe a cluster."""


class Mark(NamedTuple):
    """A slot in the middle of a classic move. `leaving`: it goes to `peer`; otherwise it comes from there."""

    slot: int
    leaving: bool
    peer: str


@dataclass(frozen=True, slots=True)
class Member:
    """A server of a cluster, as the member that was asked sees it.

    `address` is ("", 0) if nobody knows it, `primary_id` is empty for a primary, `ranges` are ascending [first, last]
    slots. `migrating` are marks of classic moves; only a server's own line has any. `hostname` is what it announces in
    addition to its address, usually nothing.
    """

    id: str
    address: Address
    bus_port: int
    flags: frozenset[str]
    primary_id: str
    epoch: int
    connected: bool
    ranges: tuple[SlotRange, ...]
    migrating: tuple[Mark, ...]
    hostname: str = ""

    @property
    def primary(self) -> bool:
        """Whether it is not a replica. A primary need not own slots."""
        return "master" in self.flags

    @property
    def myself(self) -> bool:
        """Whether it is the member that was asked."""
        return _MYSELF in self.flags

    @property
    def met(self) -> bool:
        """Whether it and the asked member have shaken hands, and its address is known."""
        return not self.greeting and self.reachable

    @property
    def greeting(self) -> bool:
        """Whether it and the asked member have not shaken hands yet: it may not exist."""
        return "handshake" in self.flags

    @property
    def reachable(self) -> bool:
        """Whether the asked member knows its address."""
        return "noaddr" not in self.flags

    @property
    def failed(self) -> bool:
        """Whether it has failed according to the asked member (`fail?`) or to most (`fail`)."""
        return bool(self.flags & {"fail", "fail?"})


def parse_members(text: str) -> list[Member]:
    """The members of a CLUSTER NODES reply, in order. Raises NotTopology."""
    return [_member(line) for line in text.splitlines() if line.strip()]


def parse_own(text: str) -> Member | None:
    """The member whose nodes.conf or CLUSTER NODES reply this is; None if no line is its own. Raises NotTopology.

    The other lines are not read: thousands of ranges would take milliseconds.
    """
    own = (_member(line) for line in text.splitlines() if _MYSELF in line)
    return next((member for member in own if member.myself), None)


def myself(members: Iterable[Member]) -> Member:
    """The member that was asked. Raises NotTopology if there is none."""
    for member in members:
        if member.myself:
            return member
    raise NotTopology("no line belongs to the member that was asked")


def owned_words(text: str) -> dict[str, str]:
    """The slots of each member that owns any, by ID, as written in the reply and without marks.

    Servers that agree write the same text, and comparing text is fast: parsing 64 replies with thousands of ranges
    takes half a second.
    """
    found = {}
    for line in text.splitlines():
        words = line.split(" ", _BEFORE_SLOTS)
        if owned := "".join(words[_BEFORE_SLOTS:]).partition("[")[0].strip():
            found[words[0]] = owned
    return found


def with_addresses(text: str, known: Mapping[str, tuple[Address, int]]) -> str:
    """A nodes.conf in which the members with these IDs have these addresses and bus ports; the rest is unchanged."""

    def placed(line: re.Match[str]) -> str:
        if line["id"] not in known:
            return line[0]
        address, bus_port = known[line["id"]]
        return f"{line['id']} {address.host}:{address.port}@{bus_port}"

    return _PLACE.sub(placed, text)


def owner_map(members: Sequence[Member]) -> tuple[NDArray[np.int32], list[str]]:
    """The owner of each slot: indices into the IDs, -1 for none, shape (SLOTS,); and the IDs of all members."""
    owner = np.full(SLOTS, _NOBODY, np.int32)
    for index, member in enumerate(members):
        for first, last in member.ranges:
            owner[first : last + 1] = index
    return owner, [member.id for member in members]


def by_id(members: Iterable[Member]) -> dict[str, tuple[SlotRange, ...]]:
    """The slots of each member that has any: two views of a cluster agree if these are equal."""
    return {member.id: member.ranges for member in members if member.ranges}


def _member(line: str) -> Member:
    words = line.split()
    if len(words) < _BEFORE_SLOTS:
        raise NotTopology(f"not a member's line: {line[:80]!r}")
    try:
        address, bus_port, hostname = _place(words[1])
        ranges, marks = _slots(words[_BEFORE_SLOTS:])
        return Member(
            id=words[0],
            address=address,
            bus_port=bus_port,
            flags=frozenset(words[2].split(",")),
            primary_id="" if words[3] == "-" else words[3],
            epoch=int(words[6]),
            connected=words[7] == "connected",
            ranges=tuple(ranges),
            migrating=tuple(marks),
            hostname=hostname,
        )
    except ValueError as error:
        raise NotTopology(f"not a member's line: {line[:80]!r}") from error


def _place(word: str) -> tuple[Address, int, str]:
    place, *more = word.split(",")
    listens, _at, bus = place.partition("@")
    return Address.parse(listens), int(bus or 0), more[0] if more and "=" not in more[0] else ""


def _slots(words: Iterable[str]) -> tuple[list[SlotRange], list[Mark]]:
    """A single loop, because there may be thousands of ranges, and a client parses them between two requests."""
    ranges, marks = [], []
    for word in words:
        if word[0] == "[":
            marks.append(_mark(word))
            continue
        first, dash, last = word.partition("-")
        low = int(first)
        high = int(last) if dash else low
        if not 0 <= low <= high < SLOTS:
            raise ValueError(word)
        ranges.append((low, high))
    return ranges, marks


def _mark(word: str) -> Mark:
    found = _MARK.fullmatch(word)
    if found is None:
        raise ValueError(word)
    return Mark(int(found[1]), found[2] == ">", found[3])
