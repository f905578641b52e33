"""The inner loops: where each request goes and when it ends."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from math import inf
from typing import Final

from balancer.core.policy import Policy, Sight
from balancer.core.simulator.nodes import Nodes
from balancer.core.simulator.outcome import REFUSED

Request = tuple[float, float, int]
"""When it arrives, its work, its key."""

_NEVER: Final = (inf, 0, 0.0)  # stays in the heap, so that it is never empty
_UNBOUNDED: Final = 1 << 60


class Sender:
    """Sends requests, and notes in `places` and `ends` where each went (or REFUSED) and when it ends.

    This one is for policies that look at nothing that the end of a request changes: it keeps `free_at` and no more.
    """

    def __init__(self, nodes: Nodes, policy: Policy) -> None:
        self.nodes, self.policy = nodes, policy
        self.places: list[int] = []
        self.ends: list[float] = []

    def send(self, requests: Iterable[Request]) -> None:
        """The next requests, in the order of arrival. At least one node is ready. O(1) each, and the policy's pick."""
        pick, nodes = self.policy.pick, self.nodes
        free_at, slowness, steady, done = nodes.pool.free_at, nodes.slowness, nodes.steady, nodes.done
        note_place, note_end = self.places.append, self.ends.append
        for now, work, key in requests:
            place = pick(key, now)
            free = free_at[place]
            start = free if free > now else now
            end = start + work * slowness[place]
            if end >= steady[place]:
                end = done(place, start, work)
            free_at[place] = end
            note_place(place)
            note_end(end)

    def refuse(self, requests: Iterable[Request]) -> None:
        """The next requests find no node ready."""
        for now, _work, _key in requests:
            self.places.append(REFUSED)
            self.ends.append(now)

    def settle(self, until: float) -> None:
        """Everything that ends until then has ended, for the policy too."""


class Watched(Sender):
    """Keeps `in_flight` too by a heap of ends, refuses what is beyond `queue`, and tells a policy that wants it.

    A request takes O(log in flight).
    """

    def __init__(self, nodes: Nodes, policy: Policy, queue: int | None) -> None:
        super().__init__(nodes, policy)
        self._most = _UNBOUNDED if queue is None else queue
        self._under_way = [_NEVER]
        self._tells = Sight.LATENCY in policy.sight

    def send(self, requests: Iterable[Request]) -> None:
        """The next requests, in the order of arrival. At least one node is ready."""
        pick, nodes, most, settle, tells = self.policy.pick, self.nodes, self._most, self.settle, self._tells
        slowness, steady, done = nodes.slowness, nodes.steady, nodes.done
        free_at, in_flight, under_way = nodes.pool.free_at, nodes.pool.in_flight, self._under_way
        note_place, note_end = self.places.append, self.ends.append
        for now, work, key in requests:
            if tells:
                settle(now)
            else:
                while under_way[0][0] <= now:
                    in_flight[heappop(under_way)[1]] -= 1
            place = pick(key, now)
            if in_flight[place] >= most:
                note_place(REFUSED)
                note_end(now)
                continue
            free = free_at[place]
            start = free if free > now else now
            end = start + work * slowness[place]
            if end >= steady[place]:
                end = done(place, start, work)
            free_at[place] = end
            in_flight[place] += 1
            heappush(under_way, (end, place, now))
            note_place(place)
            note_end(end)

    def settle(self, until: float) -> None:
        """Everything that ends until then has ended, for the policy too."""
        under_way, in_flight, dies = self._under_way, self.nodes.pool.in_flight, self.nodes.dies
        while under_way[0][0] <= until and under_way[0] is not _NEVER:
            end, place, sent = heappop(under_way)
            in_flight[place] -= 1
            if self._tells:
                self.policy.answered(place, end, end - sent, ok=end < dies[place])
