"""An external cluster as its servers tell it: who owns which slots, and what each of them stores.

A reader keeps its connections and asks again; it can do nothing but ask (`connection.Question`). It connects to what a
cluster announces only where the door lets it; what may not or cannot be asked is unknown, never guessed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from servers.errors import EngineError, Refusal
from servers.guard.door import Door, Target
from servers.reading.checked import checked_members
from servers.reading.connection import Connection, Login, Question
from servers.topology import Member, NotTopology

_MOST_AT_ONCE = 64  # servers that are asked together
_MOST_OTHERS = 8  # members that are asked for the map when the one that told it last is silent


class SilentCluster(Exception):
    """No member that may be asked tells what the cluster is."""


@dataclass(frozen=True, slots=True)
class SelfReport:
    """What a server says of itself; None is unknown. `limit` 0: it may take what there is."""

    keys: int | None = None
    bytes: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ClusterLook:
    """A cluster at one moment. `measured` by a member's id: only of those that answered."""

    members: tuple[Member, ...]
    measured: dict[str, SelfReport]

    @property
    def primaries(self) -> list[Member]:
        """In the reply's order."""
        return [member for member in self.members if not member.primary_id]

    def replicas_of(self, member_id: str) -> list[Member]:
        """In the reply's order."""
        return [member for member in self.members if member.primary_id == member_id]


class Reader:
    """One cluster: asked at `target` first (to which the name `host` led, if not empty), and when that is silent at the
    `others`, members that were known earlier, and at those that it told of. Used within one event loop.
    """

    def __init__(self, target: Target, login: Login, *, host: str = "", others: Iterable[Target] = ()) -> None:
        self._first, self._host, self._login = target, host, login
        self._connections: dict[Target, Connection] = {}
        self._teller = target
        self._others = tuple(others)

    async def look(self, door: Door, timeout_s: float, *, measure: bool = True) -> ClusterLook:
        """The cluster now, in at most `3 * timeout_s`. Raises SilentCluster."""
        self._close_but({target for target in self._connections if self._may(door, target)})
        members = await self._members(door, timeout_s)
        targets = {member.id: target for member in members if (target := self._target(door, member))}
        self._others = tuple(targets.values())
        self._close_but({self._teller, *self._others})
        if not measure:
            return ClusterLook(tuple(members), {})
        gate = asyncio.Semaphore(_MOST_AT_ONCE)
        found = await asyncio.gather(*(self._report(target, gate, timeout_s) for target in targets.values()))
        reports = zip(targets, found, strict=True)
        return ClusterLook(tuple(members), {member_id: one for member_id, one in reports if one is not None})

    def close(self) -> None:
        """All connections."""
        self._close_but(set())

    def _may(self, door: Door, target: Target) -> bool:
        return door.permits_still(self._host if target == self._first else "", target)

    def _target(self, door: Door, member: Member) -> Target | None:
        """Where a member may be asked; the one that told is asked where it told."""
        if member.myself:
            return self._teller
        # A name's own address is known by that name, which a rule of addresses need not know.
        known = member.address == tuple(self._first) and self._may(door, self._first)
        return self._first if known else door.announced(member.address)

    async def _members(self, door: Door, timeout_s: float) -> list[Member]:
        if self._may(door, self._teller) and (members := await self._view(self._teller, timeout_s)):
            return members
        known = dict.fromkeys((self._first, *self._others))
        others = [target for target in known if target != self._teller and self._may(door, target)][:_MOST_OTHERS]
        answers = await asyncio.gather(*(self._view(target, timeout_s) for target in others))
        for target, members in zip(others, answers, strict=True):
            if members:
                self._teller = target
                return members
        raise SilentCluster

    async def _view(self, target: Target, timeout_s: float) -> list[Member]:
        """Empty where there is no answer that could be one."""
        with suppress(TimeoutError, EngineError, NotTopology, UnicodeDecodeError):
            async with asyncio.timeout(timeout_s):
                return checked_members((await self._ask(target, Question.NODES)).decode())
        self._drop(target)
        return []

    async def _report(self, target: Target, gate: asyncio.Semaphore, timeout_s: float) -> SelfReport | None:
        """None where the server does not answer."""
        async with gate:
            with suppress(TimeoutError, EngineError):
                async with asyncio.timeout(timeout_s):
                    memory = _fields(await self._allowed(target, Question.MEMORY))
                    return SelfReport(
                        keys=await self._keys(target),
                        bytes=_whole(memory.get("used_memory")),
                        limit=_whole(memory.get("maxmemory")),
                    )
            self._drop(target)
            return None

    async def _keys(self, target: Target) -> int | None:
        """Of all databases, where the user may ask for that; else of the first."""
        text = await self._allowed(target, Question.KEYSPACE)
        if text is None:
            return _whole((await self._allowed(target, Question.COUNT) or b"").decode(errors="replace"))
        return sum(_whole(line.partition("keys=")[2].partition(",")[0]) or 0 for line in _fields(text).values())

    async def _allowed(self, target: Target, question: Question) -> bytes | None:
        """The reply; None where the user may not ask this."""
        try:
            return await self._ask(target, question)
        except Refusal:
            return None

    async def _ask(self, target: Target, question: Question) -> bytes:
        if target not in self._connections:
            self._connections[target] = await Connection.open(target, self._login)
        return await self._connections[target].ask(question)

    def _drop(self, target: Target) -> None:
        if connection := self._connections.pop(target, None):
            connection.close()

    def _close_but(self, kept: set[Target]) -> None:
        for target in set(self._connections) - kept:
            self._drop(target)


def _fields(text: bytes | None) -> dict[str, str]:
    """The lines `name:value` of INFO."""
    lines = (text or b"").decode(errors="replace").splitlines()
    return {name: value for name, colon, value in (line.partition(":") for line in lines) if colon}


def _whole(text: str | None) -> int | None:
    """A number that could be one of a server's figures."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 16 else None


async def _once(reader: Reader, door: Door, timeout_s: float, measure: bool) -> ClusterLook:
    try:
        return await reader.look(door, timeout_s, measure=measure)
    finally:
        reader.close()


def read_once(
    target: Target, login: Login, door: Door, timeout_s: float, *, host: str = "", measure: bool = False
) -> ClusterLook:
    """A cluster now, in at most `timeout_s`, twice that with what its servers store; for a thread without a loop.

    Raises SilentCluster.
    """
    return asyncio.run(_once(Reader(target, login, host=host), door, timeout_s, measure))
