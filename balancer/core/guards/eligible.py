"""All guards together: which nodes of a pool may be picked now, with which weight, and how healthy each one is.

The sender (driver or simulator) keeps one of these next to its pool and its policy, and reports what it sees. Only the
guards add nodes to the pool and write `ready` and `weights`. They call the policy's `changed()` whenever one of these
has changed.
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

MOST_NEWS: Final = 4096  # changes kept until somebody reads them
LEAST_LEAN: Final = 0.05  # change of a factor


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
    """The health of the node at `place` has changed."""

    place: int
    standing: Standing


class Eligible:
    """The guards over a pool. Not thread-safe; `now` is in seconds of one clock that never goes back.

    `answered` is for a hot loop: O(1), well below a microsecond. Everything else is rare or happens in `tick`, which
    ends ejections, lets weights grow, and judges silences and success rates. O(nodes). Call it about ten times a
    second.

    A node that leaves and comes back under the same name keeps its place, so the number of names bounds memory.
    """

    def __init__(self, pool: Pool, now: float, rules: Rules | None = None) -> None:
        """The pool's first members are up and skip slow start. Set `policy` once there is one."""
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
        """Records the end of a request that was sent to `place`. It is not `ok` if it failed or timed out."""
        if ok:
            self._outliers.succeeded(place)
        elif reason := self._outliers.failed(place, now):
            self._eject(place, reason, now)

    def checked(self, place: int, now: float, *, ok: bool) -> None:
        """Records the end of a health check."""
        node = self._nodes[place]
        before = node.health.standing
        node.health.checked(now, ok=ok)
        if node.health.standing is not before:
            if ok:
                node.back = node.health.standing.reason
            self._settle(place, now)

    def heard(self, name: str, now: float, weight: float | None = None) -> int:
        """Records a heartbeat. A node joins if it is unknown or its heartbeats had stopped.

        Returns its place. Once a node has sent a heartbeat, it leaves when they stop; a node that never sent one stays.
        A node that was made to leave comes back only through `join`.
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
        """Adds a node, or brings it back with a clean record. It starts slowly. Returns its place.

        `weight` defaults to its previous weight, or 1.
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
        """Stops sending to a node: an operator drained it (ASKED), or the watcher of the servers declared it dead."""
        self._registry.drop(self.pool.names[place])
        self._left(place, Reason(code), now)

    def weigh(self, place: int, now: float, weight: float) -> None:
        """Changes a node's own weight. It must be more than 0."""
        self._nodes[place].own = weight
        if self._weigh(place, now):
            self._tell()

    def lean(self, now: float, factors: Mapping[int, float]) -> None:
        """Multiplies the weights of these places because of their load. A factor of 1 ends this.

        Ignores changes smaller than LEAST_LEAN, because policies with a table rebuild it on each change.
        """
        for place, factor in factors.items():
            node = self._nodes[place]
            if factor == 1.0 or abs(factor - node.factor) >= LEAST_LEAN * node.factor:
                node.factor = factor
        leant = [place for place in factors if self._weigh(place, now)]
        if leant:
            self._tell()

    def tick(self, now: float) -> None:
        """Does whatever is due at `now`."""
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
        """The node's current health."""
        return self._nodes[place].shown

    def news(self) -> list[Change]:
        """Returns the changes since the last call, in order, at most the newest MOST_NEWS."""
        news = list(self._news)
        self._news.clear()
        return news

    def refusal(self, in_flight: int) -> Reason | None:
        """Why no node can be picked now, given the total in flight. None if one can be picked."""
        if not self.pool.ready:
            return Reason(Code.NO_NODE, {"known": self.alarm.known})
        return self.rules.limits.refusal(in_flight)

    def refusal_of_node(self, place: int) -> Reason | None:
        """Why the picked node takes no more requests. None if it does."""
        return self.rules.limits.refusal_of_node(self.pool.in_flight[place])

    def _newcomer(self, weight: float, now: float) -> Node:
        node = Node(weight, self.rules.checks, Reason(Code.JOINED), now)
        node.used = False
        return node

    def _silent(self, place: int, reason: Reason, now: float) -> None:
        """Handles a late or lost heartbeat."""
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
        """Updates everything that depends on a node's health."""
        weighed = self._use(place, now)
        self._show(place, now)
        self._count(now, told=weighed or new)

    def _use(self, place: int, now: float) -> bool:
        """Starts a usable node slowly. True if its weight changed."""
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
        """Sets the effective weight. True if it changed."""
        node = self._nodes[place]
        share = 1.0 if node.started is None else self.rules.slow_start.share(now - node.started)
        before, self.pool.weights[place] = self.pool.weights[place], node.own * share * node.factor
        return before != self.pool.weights[place]

    def _grow(self, now: float) -> None:
        """Takes the next step of slow start for every node in it."""
        grown = [place for place in sorted(self._growing) if self._weigh(place, now)]
        for place in sorted(self._growing):
            if now - (self._nodes[place].started or 0.0) >= self.rules.slow_start.window_s:
                self._growing.discard(place)
                self._nodes[place].started = None
                self._show(place, now)
        if grown:
            self._tell()

    def _show(self, place: int, now: float) -> None:
        """Stores the node's health. A new state or reason is news; new figures are not."""
        node = self._nodes[place]
        standing = node.standing(now, gone=bool(node.left) and place not in self._leaving)
        was, node.shown = node.shown, standing
        if (was.state, was.reason.code) != (standing.state, standing.reason.code):
            self._news.append(Change(place, standing))

    def _count(self, now: float, *, told: bool = False) -> None:
        """Sets which nodes are ready. Tells the policy if they changed, or always if `told` is set."""
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
