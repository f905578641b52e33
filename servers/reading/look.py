"""An external cluster as its servers describe it: who owns which slots, and what each of them stores.

A reader keeps its connections between looks. It can only ask questions (`connection.Question`), and connects to
announced addresses only if the door allows it. What it may not or cannot ask is unknown, never guessed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from servers.address import Address
from servers.errors import EngineError, NotPermitted
from servers.guard.door import Door, Target
from servers.reading.agreeing import Dissent, View, dissent, dissenting, listed, most_agreed
from servers.reading.checked import checked_members
from servers.reading.connection import Connection, Login, Question
from servers.reading.figures import SelfReport, answering, report, said_by
from servers.topology import Mark, Member, NotTopology

_MOST_AT_ONCE = 64  # servers asked at the same time
_MOST_MARKS = 64  # primaries asked for open slots: each answers with the whole map
_MOST_OTHERS = 8  # members asked for the map if the last source is silent


class SilentCluster(Exception):
    """No member that may be asked describes the cluster.

    `dissents` are members that answered but are not believed, `lacks` the commands that the user may not run.
    """

    def __init__(self, dissents: Sequence[Dissent] = (), lacks: Iterable[str] = ()) -> None:
        super().__init__("no member describes the cluster")
        self.dissents, self.lacks = tuple(dissents), frozenset(lacks)


@dataclass(frozen=True, slots=True)
class ClusterLook:
    """A cluster at one moment. `measured` has the members that answered, by ID.

    `dissents` are members that answer but leave out others that are alive. By ID: `unaware` does not know its own
    address and is shown where it answers; `shared` are at addresses that several members announce, and are not asked.
    """

    members: tuple[Member, ...]
    measured: dict[str, SelfReport]
    dissents: tuple[Dissent, ...] = ()
    unaware: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()

    @property
    def primaries(self) -> list[Member]:
        """In the order of the reply."""
        return [member for member in self.members if not member.primary_id]

    @property
    def lacks(self) -> frozenset[str]:
        """The commands that the user may not run on at least one server."""
        return frozenset().union(*(one.lacks for one in self.measured.values()))

    def marks_of(self, member: Member) -> tuple[Mark, ...]:
        """Its open slots, as far as they are known: from its own line, or from its own answer."""
        return member.migrating or self.measured.get(member.id, SelfReport()).marks

    def replicas_of(self, member_id: str) -> list[Member]:
        """In the order of the reply."""
        return [member for member in self.members if member.primary_id == member_id]


class Reader:
    """One cluster. Asks `target` first (to which the name `host` led, if not empty); if that is silent, asks the
    `others`, which were known earlier, and the members that it had announced. For one event loop.

    `known` are the IDs of those members, or beginnings: if a member that answers leaves some of them out, the others
    are asked too, and the view that most of them support is believed.
    """

    def __init__(
        self,
        target: Target,
        login: Login,
        *,
        host: str = "",
        others: Iterable[Target] = (),
        known: Iterable[str] = (),
    ) -> None:
        self._first, self._host, self._login = target, host, login
        self._connections: dict[Target, Connection] = {}
        self._teller = target
        self._others = tuple(others)
        self._known = frozenset(known)
        self._doubted: tuple[Target, ...] = ()
        self._lacks = set[str]()  # during this look

    async def look(self, door: Door, timeout_s: float, *, measure: bool = True) -> ClusterLook:
        """The cluster now, in at most `4 * timeout_s`. Raises SilentCluster."""
        self._lacks.clear()
        self._close_but({target for target in self._connections if self._may(door, target)})
        views = await self._views(door, timeout_s)
        members, unaware = self._placed(views[0].members)
        targets = {member.id: target for member in members if (target := self._target(door, member))}
        doubted = self._to_doubt(door, views)
        self._others = tuple(dict.fromkeys(targets.values()))
        self._close_but({self._teller, *self._others, *doubted})
        there = answering(members, targets)
        ask = partial(self._reports, timeout_s=timeout_s, marked=_to_mark(members))
        reports, again = await self._figures(there if measure else {}, views, doubted, ask, timeout_s)
        dissents = dissenting([*views[1:], *again], members, self._known)
        self._doubted = tuple(one.target for one in dissents)
        self._known = frozenset(member.id for member in members)
        shared = frozenset(targets) - there.keys()
        return ClusterLook(tuple(members), reports, tuple(dissents), unaware, shared)

    async def _figures(
        self,
        asked: Mapping[str, Target],
        views: Sequence[View],
        doubted: Sequence[Target],
        ask: Callable[[Mapping[str, Target]], Awaitable[dict[str, SelfReport]]],
        timeout_s: float,
    ) -> tuple[dict[str, SelfReport], list[View]]:
        """The figures of members, and the views of doubted members, all at the same time.

        A connection takes one question at a time, so doubted members are asked for figures after their views.
        """
        reports, again = await asyncio.gather(
            ask(said_by(asked, views, besides=doubted)), self._asked_views(doubted, timeout_s)
        )
        answered = {one: at for one, at in asked.items() if at in {view.target for view in again}}
        return reports | await ask(said_by(answered, again)), again

    def _placed(self, members: Sequence[Member]) -> tuple[list[Member], frozenset[str]]:
        """A member that does not know its own address is where it was asked; returns which one that is."""
        unaware = frozenset(member.id for member in members if member.myself and not member.address.host)
        here = Address(*self._teller)
        return [replace(one, address=here) if one.id in unaware else one for one in members], unaware

    @property
    def first(self) -> Target:
        """Where the cluster is asked first."""
        return self._first

    @property
    def answers_first(self) -> bool:
        """Whether the first address sent the map last time."""
        return self._teller == self._first

    def lead_to(self, target: Target) -> None:
        """The name now leads to this address: ask the cluster there first."""
        self._first = self._teller = target

    def close(self) -> None:
        """All connections."""
        self._close_but(set())

    def _may(self, door: Door, target: Target) -> bool:
        return door.permits_still(self._host if target == self._first else "", target)

    def _target(self, door: Door, member: Member) -> Target | None:
        """Where a member may be asked; the one that sent the map is asked where it answered."""
        if member.myself:
            return self._teller
        # The address that the name led to is checked by the name, because a rule for addresses may not cover it.
        known = member.address == tuple(self._first) and self._may(door, self._first)
        return self._first if known else door.announced(member.address)

    async def _views(self, door: Door, timeout_s: float) -> list[View]:
        """The believed view, then the others that were requested too. Raises SilentCluster."""
        first = [self._teller] if self._may(door, self._teller) else []
        views = await self._asked_views(first, timeout_s)
        if views and listed(views[0].members, self._known) == self._known:
            return views
        known = [target for target in dict.fromkeys((self._first, *self._others)) if target != self._teller]
        others = [target for target in known if self._may(door, target)][:_MOST_OTHERS]
        views += await self._asked_views(others, timeout_s)
        asked = len(known) + 1
        if (believed := most_agreed(views, self._known, all_answered=len(views) == asked)) is None:
            raise SilentCluster([dissent(view) for view in views], self._lacks)
        self._teller = believed.target
        return [believed, *(view for view in views if view is not believed)]

    def _to_doubt(self, door: Door, views: Sequence[View]) -> list[Target]:
        """Who is asked for a view although another member sends the map: those that differed, and the first."""
        asked = {view.target for view in views}
        doubted = dict.fromkeys((self._first, *self._doubted))
        return [target for target in doubted if target not in asked and self._may(door, target)]

    async def _asked_views(self, targets: Sequence[Target], timeout_s: float) -> list[View]:
        """Only those that answer."""
        answers = await asyncio.gather(*(self._view(target, timeout_s) for target in targets))
        return [View(target, members) for target, members in zip(targets, answers, strict=True) if members]

    async def _view(self, target: Target, timeout_s: float) -> list[Member]:
        """Empty if there is no valid answer."""
        try:
            async with asyncio.timeout(timeout_s):
                return checked_members((await self._ask(target, Question.NODES)).decode())
        except NotPermitted:
            self._lacks.add(Question.NODES.right)
        except (TimeoutError, EngineError, NotTopology, UnicodeDecodeError):
            pass
        self._drop(target)
        return []

    async def _reports(self, asked: Mapping[str, Target], timeout_s: float, marked: set[str]) -> dict[str, SelfReport]:
        """Only those that answer, by ID; the `marked` ones with their open slots."""
        gate = asyncio.Semaphore(_MOST_AT_ONCE)
        found = await asyncio.gather(*(self._report(at, gate, timeout_s, one in marked) for one, at in asked.items()))
        return {member_id: one for member_id, one in zip(asked, found, strict=True) if one is not None}

    async def _report(self, target: Target, gate: asyncio.Semaphore, timeout_s: float, own: bool) -> SelfReport | None:
        """None if the server does not answer."""
        async with gate:
            with suppress(TimeoutError, EngineError):
                async with asyncio.timeout(timeout_s):
                    return await report(partial(self._ask, target), marks=own)
            self._drop(target)
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


def _to_mark(members: Iterable[Member]) -> set[str]:
    """The primaries to ask for their open slots; the one that sent the map has already told its own."""
    found = {one.id for one in members if one.primary and not one.myself}
    return found if len(found) <= _MOST_MARKS else set()


def look_once(reader: Reader, door: Door, timeout_s: float, *, measure: bool = False) -> ClusterLook:
    """A cluster now, for a thread without a loop. The reader cannot be used afterwards.

    Takes at most `timeout_s`, as long again if others are asked, and twice more for what its servers store. Raises
    SilentCluster.
    """

    async def once() -> ClusterLook:
        try:
            return await reader.look(door, timeout_s, measure=measure)
        finally:
            reader.close()

    return asyncio.run(once())
