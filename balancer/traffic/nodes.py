"""The nodes that the driver sends to: who may be picked, and the line to each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Final, NamedTuple, Protocol

from balancer.core.guards.eligible import Eligible, Rules
from balancer.core.guards.standing import Code
from balancer.core.pool import Member, Pool
from balancer.traffic.clock import clock
from balancer.traffic.probing import Probe
from servers.address import Address
from servers.client.line import Done, Limits, Line

_GREETING: Final = 4  # what a line's own greeting may add to what is in flight


class Target(NamedTuple):
    """A node, where it answers, and its weight relative to others, more than 0."""

    name: str
    address: Address
    weight: float = 1.0


class Way(Protocol):
    """How requests get to a node and replies come back: a `Line`, or something like it."""

    is_up: bool

    @property
    def limits(self) -> Limits:
        """For how long, and how many at a time."""

    def ask(self, packed: bytes, done: Done) -> None:
        """Sends a command; `done` is called once."""

    def when_next(self, told: Callable[[], None]) -> None:
        """`told` is called once all that is in flight now has ended; never where nobody waits in line."""

    def close(self) -> None:
        """What is in flight is lost."""


OpenWay = Callable[[Address, str, Limits], Way]
"""Opens the way to an address, with a password."""


class Nodes:
    """Nodes by their places, each with a line of its own, up to `cap` requests in flight and `timeout_s` for a reply.

    The guards say who is ready and with which weight. A node keeps its place when it goes and comes back by its name.
    Each is looked at once a second. One that is new gets nothing before its first heartbeat, and one whose heartbeats
    stop gets nothing until they are back.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        password: str,
        timeout_s: float,
        cap: int,
        rules: Rules,
        *,
        way: OpenWay = Line,
        on_place: Callable[[], object] = lambda: None,
    ) -> None:
        """The targets are there from the beginning, so that none of them starts slowly.

        `on_place` is called for each new place, before a request may be sent there.
        """
        self._known = {target.name: target for target in targets}
        self.pool: Final = Pool(Member(target.name, target.weight) for target in self._known.values())
        self.guards: Final = Eligible(self.pool, clock(), rules)
        self._places = {name: place for place, name in enumerate(self.pool.names)}
        self._password, self._way = password, way
        self._limits = Limits(timeout_s, cap + _GREETING)
        self.lines: Final[list[Way]] = [self._line(target) for target in self._known.values()]
        self._on_place = on_place
        for _ in self.lines:
            on_place()
        self.probes: Final[dict[str, Probe]] = {target.name: self._probe(target) for target in self._known.values()}
        self._awaited: set[str] = set()  # of those that are known: no heartbeat came yet
        self._leaving: set[int] = set()
        self._retired: set[Way] = set()

    def __len__(self) -> int:
        return len(self.lines)

    def limit(self, timeout_s: float, cap: int) -> None:
        """Other limits. What is in flight keeps those under which it was sent."""
        limits = Limits(timeout_s, cap + _GREETING)
        if limits != self._limits:
            self._limits = limits
            for name in self._known.keys() - self._awaited:
                self._renew(self._known[name])

    def know(self, targets: Iterable[Target], convicted: Collection[str] = ()) -> None:
        """These nodes are there, and no others: those that are missing get nothing more, and those that are new join by
        their first heartbeat.

        Of those that are missing `convicted` were found dead, the others taken out. At another address a node is
        another server; what is in flight to the old one may still be answered.
        """
        before, self._known = self._known, {target.name: target for target in targets}
        now = clock()
        for name in before.keys() - self._known.keys():
            self.probes.pop(name).close()
            if name in self._awaited:
                self._awaited.discard(name)
                continue
            self._leaving.add(self._places[name])
            self.guards.leave(self._places[name], now, Code.CONVICTED if name in convicted else Code.ASKED)
        for name, target in self._known.items():
            was = before.get(name)
            if was is None:
                self._awaited.add(name)
                self.probes[name] = self._probe(target)
            elif was.address != target.address:
                self.probes[name].close()
                self.probes[name] = self._probe(target)
                if name not in self._awaited:
                    self._renew(target)
            if was is not None and was.weight != target.weight and name not in self._awaited:
                self.guards.weigh(self._places[name], now, target.weight)

    def tick(self) -> None:
        """What time has brought: the guards, and nodes that left and have nothing in flight any more."""
        now = clock()
        for probe in list(self.probes.values()):
            probe.tick(now)
        self.guards.tick(now)
        for place in [place for place in self._leaving if not self.pool.in_flight[place]]:
            self._leaving.discard(place)
            self.lines[place].close()

    def look_away(self) -> None:
        """Looks at none of them any more: behind an address may be several, and a look is a connection too."""
        for probe in self.probes.values():
            probe.close()
        self.probes.clear()

    def close(self) -> None:
        """Closes every line; what is in flight is lost."""
        self.look_away()
        for line in (*self.lines, *self._retired):
            line.close()

    def _join(self, target: Target, now: float) -> None:
        place = self._places.get(target.name)
        if place is None:
            self._places[target.name] = len(self.lines)
            self.lines.append(self._line(target))  # before a policy may pick it
            self._on_place()
        else:
            self._leaving.discard(place)
            self._renew(target)
        self.guards.join(target.name, now, target.weight)

    def _probe(self, target: Target) -> Probe:
        name = target.name
        return Probe(target.address, self._password, clock(), partial(self._heard, name), partial(self._checked, name))

    def _heard(self, name: str) -> None:
        """A heartbeat."""
        now, target = clock(), self._known[name]
        if name in self._awaited:
            self._awaited.discard(name)
            self._join(target, now)
        self.guards.heard(name, now, target.weight)

    def _checked(self, name: str, ok: bool) -> None:
        if name not in self._awaited:
            self.guards.checked(self._places[name], clock(), ok=ok)

    def _renew(self, target: Target) -> None:
        """A new line to a node. The old one gets no more requests, and within its timeout each of its own has ended."""
        place = self._places[target.name]
        old, self.lines[place] = self.lines[place], self._line(target)
        self._retired.add(old)
        asyncio.get_running_loop().call_later(old.limits.timeout_s, self._retire, old)

    def _retire(self, line: Way) -> None:
        self._retired.discard(line)
        line.close()

    def _line(self, target: Target) -> Way:
        return self._way(target.address, self._password, self._limits)
