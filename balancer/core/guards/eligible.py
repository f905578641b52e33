"""Which nodes of a pool may be picked now, with which weight, and how each stands: all guards together.

Whoever sends the requests, the driver or the simulator, holds one of these beside its pool and its policy, and tells
it what it sees. The guards add nodes to the pool and keep `ready` and `weights`; nobody else does. The policy hears
`changed()` when one of these did change, and only then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from balancer.core.guards.discovery import Heartbeats, Registry
from balancer.core.guards.health import Checks
from balancer.core.guards.limits import Limits
from balancer.core.guards.node import Node
from balancer.core.guards.outliers import Outliers, Outlying
from balancer.core.guards.panic import PANIC_THRESHOLD, Alarm, Resort, resort
from balancer.core.guards.retries import Budget, RetryBudget
from balancer.core.guards.slow_start import SlowStart
from balancer.core.guards.standing import Code, Reason, Standing, State
from balancer.core.policy import Policy
from balancer.core.pool import Member, Pool

MOST_NEWS: Final = 4096  # changes that are kept for whoever asks for them
LEAST_LEAN: Final = 0.05  # of a factor


@dataclass(frozen=True, slots=True)
class Rules:
    """The parameters of all guards. The defaults are those of the systems that each comes from."""

    checks: Checks = field(default_factory=Checks)
    outlying: Outlying = field(default_factory=Outlying)
    slow_start: SlowStart = field(default_factory=SlowStart)
    heartbeats: Heartbeats = field(default_factory=Heartbeats)
    limits: Limits = field(default_factory=Limits)
    retries: Budget = field(default_factory=Budget)
    panic_threshold: float = PANIC_THRESHOLD


class Change(NamedTuple):
    """A node, by its place, stands otherwise than before."""

    place: int
    standing: Standing


class Eligible:
    """The guards over a pool. Not thread-safe; `now` is in seconds of one clock that never goes back.

    `answered` is for a hot loop: O(1), well below a microsecond. Everything else is rare, or time's work: `tick` ends
    ejections, lets weights grow, judges silences and success rates, O(nodes). Call it some ten times a second.

    A node keeps its place when it leaves and comes back under the same name, so memory is bounded by the names.
    """

    def __init__(self, pool: Pool, now: float, rules: Rules | None = None) -> None:
        """The pool's members are up and do not start slowly. Set `policy` when there is one."""
        self.pool = pool
        self.rules = rules or Rules()
        self.policy: Policy | None = None
        self.alarm = Alarm(Resort.NONE, 0, 0, now)
        self.retries = RetryBudget(self.rules.retries, now)
        self._outliers = Outliers(self.rules.outlying, now)
        self._registry = Registry(self.rules.heartbeats, now)
        self._places = {name: place for place, name in enumerate(pool.names)}
        self._nodes: list[Node] = []
        self._growing: set[int] = set()
        self._leaving: set[int] = set()
        self._news: deque[Change] = deque(maxlen=MOST_NEWS)
        for place, weight in enumerate(pool.weights):
            self._nodes.append(Node(weight, self.rules.checks, Reason(Code.PRESENT), now))
            self._outliers.join(place)
        self._count(now)

    def answered(self, place: int, now: float, *, ok: bool) -> None:
        """A request that was sent to `place` has ended. One that failed, or ran out of time, is not ok."""
        if ok:
            self._outliers.succeeded(place)
        elif reason := self._outliers.failed(place, now):
            self._eject(place, reason, now)

    def checked(self, place: int, now: float, *, ok: bool) -> None:
        """A check of the node has ended."""
        node = self._nodes[place]
        before = node.health.standing
        node.health.checked(now, ok=ok)
        if node.health.standing is not before:
            if ok:
                node.back = node.health.standing.reason
            self._settle(place, now)

    def heard(self, name: str, now: float, weight: float | None = None) -> int:
        """A heartbeat of a node, by its name: one that is unknown, or whose heartbeats had stopped, joins.

        Gives its place. From its first heartbeat on a node leaves when they stop; one that never sent any does not.
        One that was made to leave comes back by `join` alone.
        """
        place = self._places.get(name)
        left = None if place is None else self._nodes[place].left
        if place is not None and left and left.reason.code is not Code.HEARTBEAT_LOST:
            return place
        reason = self._registry.beat(name, now)
        if place is None or left:
            return self.join(name, now, weight)
        if reason and reason.code is Code.HEARTBEAT_BACK:
            self._nodes[place].late = None
            self._nodes[place].back = reason
            self._settle(place, now)
        return place

    def join(self, name: str, now: float, weight: float | None = None) -> int:
        """A node is there (again), with nothing held against it, and starts slowly. Gives its place.

        Without a `weight` it has the one that it had, or 1.
        """
        place = self._places.get(name)
        new = place is None
        if place is None:
            node = self._newcomer(1.0 if weight is None else weight, now)
            node.shown = Standing(State.GONE, node.back, now)
            place = self._places[name] = self.pool.add(Member(name, node.own))
            self._nodes.append(node)
        else:
            was = self._nodes[place]
            node = self._nodes[place] = self._newcomer(was.own if weight is None else weight, now)
            node.shown = was.shown
            self._outliers.leave(place)
        self._outliers.join(place)
        self._settle(place, now, new=new)
        return place

    def leave(self, place: int, now: float, code: Code = Code.ASKED) -> None:
        """A node gets nothing more: drained by an operator (ASKED), or convicted by who watches the servers."""
        self._registry.drop(self.pool.names[place])
        self._left(place, Reason(code), now)

    def weigh(self, place: int, now: float, weight: float) -> None:
        """A node has another weight of its own, more than 0."""
        self._nodes[place].own = weight
        if self._weigh(place, now):
            self._tell()

    def lean(self, now: float, factors: Mapping[int, float]) -> None:
        """By their load these places have other weights: so many times their own. A factor of 1 ends it.

        What differs by less than LEAST_LEAN is left: policies that keep a table build it anew for each change.
        """
        for place, factor in factors.items():
            node = self._nodes[place]
            if factor == 1.0 or abs(factor - node.factor) >= LEAST_LEAN * node.factor:
                node.factor = factor
        leant = [place for place in factors if self._weigh(place, now)]
        if leant:
            self._tell()

    def tick(self, now: float) -> None:
        """Does what time has brought."""
        for name, reason in self._registry.look(now):
            self._silent(self._places[name], reason, now)
        for place, seconds in self._outliers.returned(now):
            node = self._nodes[place]
            node.ejected, node.back = None, Reason(Code.EJECTION_OVER, {"seconds": seconds})
            self._settle(place, now)
        for place, reason in self._outliers.swept(now):
            self._eject(place, reason, now)
        if self._growing:
            self._grow(now)
        for place in [each for each in self._leaving if not self.pool.in_flight[each]]:
            self._leaving.discard(place)
            self._show(place, now)

    def standing(self, place: int) -> Standing:
        """How the node stands."""
        return self._nodes[place].shown

    def news(self) -> list[Change]:
        """What changed since the last call, in order; of more than MOST_NEWS the newest."""
        news = list(self._news)
        self._news.clear()
        return news

    def refusal(self, in_flight: int) -> Reason | None:
        """Why no node can be picked for a request now, with so many in flight to all nodes; None if one can."""
        if not self.pool.ready:
            return Reason(Code.NO_NODE, {"known": self.alarm.known})
        return self.rules.limits.refusal(in_flight)

    def refusal_of_node(self, place: int) -> Reason | None:
        """Why the node that was picked takes no more; None if it does."""
        return self.rules.limits.refusal_of_node(self.pool.in_flight[place])

    def _newcomer(self, weight: float, now: float) -> Node:
        node = Node(weight, self.rules.checks, Reason(Code.JOINED), now)
        node.used = False
        return node

    def _silent(self, place: int, reason: Reason, now: float) -> None:
        """A heartbeat is late, or so late that the node is no longer registered."""
        if reason.code is Code.HEARTBEAT_LOST:
            self._left(place, reason, now)
        else:
            self._nodes[place].late = Standing(State.SUSPECTED, reason, now)
            self._settle(place, now)

    def _left(self, place: int, reason: Reason, now: float) -> None:
        before = self._nodes[place].left
        if before and before.reason.code is not Code.HEARTBEAT_LOST:
            return
        self._nodes[place].left = Standing(State.LEAVING, reason, now)
        self._leaving.add(place)
        self._outliers.leave(place)
        self._settle(place, now)

    def _eject(self, place: int, reason: Reason, now: float) -> None:
        self._nodes[place].ejected = Standing(State.EJECTED, reason, now)
        self._settle(place, now)

    def _settle(self, place: int, now: float, *, new: bool = False) -> None:
        """Draws the consequences of what is new about a node."""
        weighed = self._use(place, now)
        self._show(place, now)
        self._count(now, told=weighed or new)

    def _use(self, place: int, now: float) -> bool:
        """Has a node that may be used again start slowly. True if its weight is another now."""
        node = self._nodes[place]
        if node.usable and not node.used and self.rules.slow_start.window_s:
            node.started = now
            self._growing.add(place)
        elif not node.usable:
            node.started = None
            self._growing.discard(place)
        node.used = node.usable
        return self._weigh(place, now)

    def _weigh(self, place: int, now: float) -> bool:
        """Sets the weight that counts now. True if it is another."""
        node = self._nodes[place]
        share = 1.0 if node.started is None else self.rules.slow_start.share(now - node.started)
        before, self.pool.weights[place] = self.pool.weights[place], node.own * share * node.factor
        return before != self.pool.weights[place]

    def _grow(self, now: float) -> None:
        """The next step of those that start slowly."""
        grown = [place for place in sorted(self._growing) if self._weigh(place, now)]
        for place in sorted(self._growing):
            if now - (self._nodes[place].started or 0.0) >= self.rules.slow_start.window_s:
                self._growing.discard(place)
                self._nodes[place].started = None
                self._show(place, now)
        if grown:
            self._tell()

    def _show(self, place: int, now: float) -> None:
        """Keeps how the node stands. Another state or reason is news, other figures are not."""
        node = self._nodes[place]
        standing = node.standing(now, gone=bool(node.left) and place not in self._leaving)
        was, node.shown = node.shown, standing
        if (was.state, was.reason.code) != (standing.state, standing.reason.code):
            self._news.append(Change(place, standing))

    def _count(self, now: float, *, told: bool = False) -> None:
        """Sets who is ready. The policy is told if they are others, or in any case if it is to be `told`."""
        known = [place for place, node in enumerate(self._nodes) if not node.left]
        ready = [place for place in known if self._nodes[place].usable]
        ejected = [place for place in known if self._nodes[place].health.up]
        last = resort(len(ready), len(ejected), len(known), self.rules.panic_threshold)
        since = now if last is not self.alarm.resort else self.alarm.since
        self.alarm = Alarm(last, len(ready), len(known), since)
        ready = {Resort.NONE: ready, Resort.EJECTED: ejected, Resort.ALL: known}[last]
        if ready != self.pool.ready:
            self.pool.ready = ready
            told = True
        if told:
            self._tell()

    def _tell(self) -> None:
        if self.policy is not None:
            self.policy.changed()
