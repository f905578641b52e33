"""The nodes that the driver sends to: which may be picked, and the connection to each."""

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

_GREETING: Final = 4  # the greeting of a connection may add this many in flight


class Target(NamedTuple):
    """A node: its name, its address, and its weight relative to others, more than 0."""

    name: str
    address: Address
    weight: float = 1.0


class Way(Protocol):
    """How requests reach a node and replies come back: a `Line` or something like it."""

    is_up: bool

    @property
    def limits(self) -> Limits:
        """The timeout, and the most requests in flight."""

    def ask(self, packed: bytes, done: Done) -> None:
        """Sends a command. Calls `done` once."""

    def when_next(self, told: Callable[[], None]) -> None:
        """Calls `told` when everything in flight now has ended. Never calls it if requests do not queue."""

    def close(self) -> None:
        """Closes it. Requests in flight are lost."""


OpenWay = Callable[[Address, str, Limits], Way]
"""Opens a connection to an address, with a password."""


class Nodes:
    """Nodes by place. Each has its own connection, at most `cap` requests in flight, and `timeout_s` for a reply.

    The guards decide which nodes are ready and their weights. A node that leaves and comes back under its name keeps
    its place. Each is checked once a second. A new node gets no requests before its first heartbeat, and a node whose
    heartbeats stop gets none until they resume.
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
        """The targets are the first members, so they skip slow start.

        Calls `on_place` for each new place before a request can be sent there.
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
        self._awaited: set[str] = set()  # known nodes without a heartbeat so far
        self._leaving: set[int] = set()
        self._retired: set[Way] = set()

    def __len__(self) -> int:
        return len(self.lines)

    def limit(self, timeout_s: float, cap: int) -> None:
        """Changes the limits. Requests in flight keep their old limits."""
        limits = Limits(timeout_s, cap + _GREETING)
        if limits != self._limits:
            self._limits = limits
            for name in self._known.keys() - self._awaited:
                self._renew(self._known[name])

    def know(self, targets: Iterable[Target], convicted: Collection[str] = ()) -> None:
        """Sets the nodes. Nodes that are missing get no more requests, and new nodes join at their first heartbeat.

        Of the missing nodes, those in `convicted` were declared dead; the others were taken out. A node with a new
        address is a new server; requests in flight to the old one may still be answered.
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
        """Runs the guards, and closes the connections of nodes that left and have nothing in flight."""
        now = clock()
        for probe in list(self.probes.values()):
            probe.tick(now)
        self.guards.tick(now)
        for place in [place for place in self._leaving if not self.pool.in_flight[place]]:
            self._leaving.discard(place)
            self.lines[place].close()

    def look_away(self) -> None:
        """Stops checking the nodes: an address may stand for several, and a check uses a connection too."""
        for probe in self.probes.values():
            probe.close()
        self.probes.clear()

    def close(self) -> None:
        """Closes every connection. Requests in flight are lost."""
        self.look_away()
        for line in (*self.lines, *self._retired):
            line.close()

    def _join(self, target: Target, now: float) -> None:
        place = self._places.get(target.name)
        if place is None:
            self._places[target.name] = len(self.lines)
            self.lines.append(self._line(target))  # before a policy can pick it
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
        """Opens a new connection to a node. The old one gets no more requests, and all of its own end within its
        timeout.
        """
        place = self._places[target.name]
        old, self.lines[place] = self.lines[place], self._line(target)
        self._retired.add(old)
        asyncio.get_running_loop().call_later(old.limits.timeout_s, self._retire, old)

    def _retire(self, line: Way) -> None:
        self._retired.discard(line)
        line.close()

    def _line(self, target: Target) -> Way:
        return self._way(target.address, self._password, self._limits)
