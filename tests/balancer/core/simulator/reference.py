"""A second simulator, slow and simple: time jumps from event to event, and every node has its own queue."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import count, takewhile
from math import inf, nan

from balancer.core.draws import draws
from balancer.core.policy import Policy
from balancer.core.pool import Member, Pool
from balancer.core.simulator.plan import Frozen, Joins, Killed, Plan, Slow
from balancer.core.simulator.stream import POLICY, stream
from ringviz.core.abilities import Options


@dataclass
class Request:
    arrives: float
    left: float  # work that is left
    place: int = -1
    ends: float = nan
    failed: bool = False


@dataclass
class Reference:
    """`run` returns every request with its node and its end time."""

    plan: Plan
    make: type[Policy]
    options: Options

    def run(self) -> list[Request]:
        self.pool = Pool(Member(node.name, node.weight) for node in self.plan.nodes)
        self.policy = self.make(self.pool, draws(self.plan.seed, POLICY), self.options)
        self.queues: list[deque[Request]] = [deque() for _ in self.plan.everybody]
        self.now = 0.0
        requests: list[Request] = []
        keys: list[int] = []
        for block in stream(self.plan, keyed=True):
            requests += map(Request, block.arrivals.tolist(), block.work.tolist())
            keys += block.keys.tolist()
        turns = sorted((f for f in self.plan.faults if isinstance(f, Killed | Joins)), key=lambda fault: fault.at)
        for request, key in zip(requests, keys, strict=True):
            while turns and turns[0].at <= request.arrives:
                self.turn(turns.pop(0))
            self.work_until(request.arrives)
            self.send(request, key)
        while turns:
            self.turn(turns.pop(0))
        self.work_until(inf)
        return requests

    def send(self, request: Request, key: int) -> None:
        request.ends = self.now  # unless a node accepts it
        if not self.pool.ready:
            return
        place = self.policy.pick(key, self.now)
        if self.plan.queue is not None and len(self.queues[place]) >= self.plan.queue:
            return
        request.place = place
        self.queues[place].append(request)
        self.pool.in_flight[place] += 1

    def turn(self, turn: Killed | Joins) -> None:
        self.work_until(turn.at)
        if isinstance(turn, Joins):
            self.pool.add(Member(turn.node.name, turn.node.weight))
        else:
            while self.queues[turn.place]:
                self.end(turn.place, failed=True)
            self.pool.ready = [place for place in self.pool.ready if place != turn.place]
        self.policy.changed()

    def work_until(self, until: float) -> None:
        """Jumps from event to event: the head of a queue is done, or a speed changes."""
        while True:
            busy = [place for place, queue in enumerate(self.queues) if queue]
            if until == inf and not busy:
                return
            speeds = {place: self.speed(place) for place in busy}
            done = {place: self.now + self.queues[place][0].left / speeds[place] for place in busy if speeds[place]}
            first = min(done, key=lambda place: done[place], default=None)
            event = min(until, self.next_change(), done[first] if first is not None else inf)
            for place in busy:
                self.queues[place][0].left -= (event - self.now) * speeds[place]
            self.now = event
            if first is not None and done[first] == event:
                self.end(first, failed=False)
            elif event == until:
                return

    def end(self, place: int, *, failed: bool) -> None:
        request = self.queues[place].popleft()
        request.ends, request.failed = self.now, failed
        self.pool.in_flight[place] -= 1
        self.policy.answered(place, self.now, self.now - request.arrives, ok=not failed)

    def speed(self, place: int) -> float:
        speed = self.plan.everybody[place].speed
        for fault in self.plan.faults:
            if isinstance(fault, Slow) and fault.place == place and fault.start <= self.now < fault.end:
                speed *= fault.factor
            elif isinstance(fault, Frozen) and fault.place == place:
                speed *= not any(start <= self.now < end for start, end in windows(fault, self.now))
        return speed

    def next_change(self) -> float:
        moments = [inf]
        for fault in self.plan.faults:
            if isinstance(fault, Slow):
                moments += [fault.start, fault.end]
            elif isinstance(fault, Frozen):
                moments += [moment for window in windows(fault, self.now) for moment in window]
        return min(moment for moment in moments if moment > self.now)


def windows(fault: Frozen, now: float) -> list[tuple[float, float]]:
    """All windows in which the node is frozen, from the start to the first that begins after `now`."""
    every = fault.every
    if every is None:
        return [(fault.start, fault.end)]
    begins = (fault.start + number * every for number in count())
    found = list(takewhile(lambda begin: begin <= max(now, fault.start) + every and begin < fault.end, begins))
    return [(begin, min(begin + fault.part * every, fault.end)) for begin in found]
