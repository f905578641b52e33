"""The inner loops: where each request goes and when it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from heapq import heappop, heappush, heapreplace
from math import inf
from typing import Final

from balancer.core.policy import Policy, Sight
from balancer.core.simulator.nodes import Nodes
from balancer.core.simulator.outcome import REFUSED

Request = tuple[float, float, int]
"""When it arrives, its work, its key."""

_NEVER: Final = (inf, 0)  # stays in the heap so that it is never empty
UNBOUNDED: Final = 1 << 60


class Sender:
    """Sends requests, and records in `places` and `ends` where each went (or REFUSED) and when it ends.

    This base loop is for policies that do not depend on the end of requests. It maintains only `free_at`.
    """

    def __init__(self, nodes: Nodes, policy: Policy) -> None:
        self.nodes, self.policy = nodes, policy
        self.places: list[int] = []
        self.ends: list[float] = []

    def send(self, requests: Iterable[Request]) -> None:
        """Sends the next requests in order of arrival. At least one node is ready. O(1) each, plus the pick."""
        pick, nodes = self.policy.pick, self.nodes
        free_at, slowness, steady, done = nodes.pool.free_at, nodes.slowness, nodes.steady, nodes.done
        places, ends = self.places, self.ends
        for now, work, key in requests:
            place = pick(key, now)
            free = free_at[place]
            start = free if free > now else now
            end = start + work * slowness[place]
            if end >= steady[place]:
                end = done(place, start, work)
            free_at[place] = end
            places.append(place)
            ends.append(end)

    def refuse(self, requests: Iterable[Request]) -> None:
        """Refuses the next requests, because no node is ready."""
        for now, _work, _key in requests:
            self.places.append(REFUSED)
            self.ends.append(now)

    def settle(self, until: float) -> None:
        """Everything that ends until then has ended, for the policy too."""


class Watched(Sender):
    """Maintains `in_flight` too, refuses requests beyond `queue`, and reports answers to a policy that uses them.

    Each node's requests end in the order sent, so a heap with the next end of each busy node is enough. O(log nodes)
    per request, plus the policy's pick.
    """

    def __init__(self, nodes: Nodes, policy: Policy, queue: int | None) -> None:
        super().__init__(nodes, policy)
        self._most = UNBOUNDED if queue is None else queue
        self._next = [_NEVER]  # (end, place) of the request in service at each busy node
        self._queues: list[deque[float]] = [deque() for _ in nodes.dies]  # when the waiting requests end
        self._tells = Sight.LATENCY in policy.sight
        self._sent: list[deque[float]] = [
            deque() for _ in nodes.dies
        ]  # when each was sent, for policies that use latency

    def send(self, requests: Iterable[Request]) -> None:
        """Sends the next requests in order of arrival. At least one node is ready."""
        pick, nodes, most, settle, tells = self.policy.pick, self.nodes, self._most, self.settle, self._tells
        slowness, steady, done, sent = nodes.slowness, nodes.steady, nodes.done, self._sent
        free_at, in_flight, upcoming, queues = nodes.pool.free_at, nodes.pool.in_flight, self._next, self._queues
        places, ends = self.places, self.ends
        for now, work, key in requests:
            if tells:
                settle(now)
            else:  # inlines `settle`, because a run spends its time here
                end, place = upcoming[0]
                while end <= now:
                    left = in_flight[place] = in_flight[place] - 1
                    if left:
                        heapreplace(upcoming, (queues[place].popleft(), place))
                    else:
                        heappop(upcoming)
                    end, place = upcoming[0]
            place = pick(key, now)
            before = in_flight[place]
            if before >= most:
                places.append(REFUSED)
                ends.append(now)
                continue
            end = (free_at[place] if before else now) + work * slowness[place]
            if end >= steady[place]:
                end = done(place, free_at[place] if before else now, work)
            free_at[place] = end
            in_flight[place] = before + 1
            if before:
                queues[place].append(end)
            else:
                heappush(upcoming, (end, place))
            if tells:
                sent[place].append(now)
            places.append(place)
            ends.append(end)

    def settle(self, until: float) -> None:
        """Everything that ends until then has ended, for the policy too."""
        upcoming, queues, in_flight, tells = self._next, self._queues, self.nodes.pool.in_flight, self._tells
        end, place = upcoming[0]
        while end <= until and end != inf:
            left = in_flight[place] = in_flight[place] - 1
            if left:
                heapreplace(upcoming, (queues[place].popleft(), place))
            else:
                heappop(upcoming)
            if tells:
                self.policy.answered(place, end, end - self._sent[place].popleft(), ok=end < self.nodes.dies[place])
            end, place = upcoming[0]
