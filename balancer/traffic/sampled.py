"""Why this node: about one request in N keeps the reasons of its policy, and what became of it."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final, NamedTuple

from balancer.core.draws import draws
from balancer.core.guards.eligible import Eligible
from balancer.core.guards.standing import Standing
from balancer.core.policy import Choice
from balancer.core.shadows import Shadow
from balancer.traffic.stream import SAMPLES
from balancer.traffic.tally import Count

MOST_RECENT: Final = 200
MOST_SLOW: Final = 20


class Candidate(NamedTuple):
    """A node that could be picked, as it stood then: before this request was in flight to it."""

    place: int
    name: str
    in_flight: int
    weight: float
    standing: Standing


class Request(NamedTuple):
    """One of a stream: its number, when it was intended in seconds since the stream began, and the hash of its key."""

    number: int
    due_s: float
    key: int


@dataclass(slots=True)
class Sample:
    """A request with its reasons, under the policy of this name.

    `run` names the stream: together with the request's number nothing else has ever been called so. `at_s` is when it
    was intended, in seconds since 1970. `choice` and `turns` name nodes by their places. About one request in `every`
    was sampled.

    Seconds from the intended time: `sent_s` to when it was given to the node's line, `first_s` to when all that was in
    line before it had ended (None: it never was first in line), `latency_s` to the end. That and `end` are None while
    it is in flight.
    """

    run: str
    request: Request
    at_s: float
    policy: str
    choice: Choice
    candidates: tuple[Candidate, ...]
    every: int = 1
    turns: tuple[Shadow, ...] = ()
    sent_s: float = 0.0
    first_s: float | None = None
    latency_s: float | None = None
    end: Count | None = None
    era: int = field(default=0, compare=False)

    @property
    def node(self) -> str:
        """The name of the node that was picked."""
        return next(one.name for one in self.candidates if one.place == self.choice.place)


class Samples:
    """The newest MOST_RECENT, and of all since the last `clear` the MOST_SLOW that took longest."""

    def __init__(self) -> None:
        self._recent: deque[Sample] = deque(maxlen=MOST_RECENT)
        self._slow: list[tuple[float, int, Sample]] = []
        self._ended: deque[Sample] = deque(maxlen=MOST_RECENT)
        self._ties = count()
        self._era = 0

    def keep(self, sample: Sample) -> Sample:
        """One that is about to be sent."""
        sample.era = self._era
        self._recent.append(sample)
        return sample

    def ended(self, sample: Sample, latency_s: float, end: Count) -> None:
        """What became of it. O(log MOST_SLOW)."""
        sample.latency_s, sample.end = latency_s, end
        self._ended.append(sample)
        if sample.era != self._era:
            return
        kept = heapq.heappush if len(self._slow) < MOST_SLOW else heapq.heappushpop
        kept(self._slow, (latency_s, next(self._ties), sample))

    def clear(self) -> None:
        """Forgets all: another policy, or other settings. Those in flight are still told of by `take`."""
        self._recent.clear()
        self._slow.clear()
        self._era += 1

    def recent(self) -> Iterator[Sample]:
        """The newest first."""
        return reversed(self._recent)

    def slowest(self) -> list[Sample]:
        """The slowest first."""
        return [sample for _, _, sample in sorted(self._slow, reverse=True)]

    def take(self) -> list[Sample]:
        """Those that have ended since the last call, in that order; of more than MOST_RECENT the newest."""
        ended = list(self._ended)
        self._ended.clear()
        return ended


class Spacing:
    """Which requests are sampled: about one in N, never at even distances.

    Every N-th one would be the same node's each time under round robin, wherever N is a multiple of the nodes.
    """

    def __init__(self, every: int) -> None:
        """The first is request 0. The same `every`, the same numbers."""
        self._draw = draws(SAMPLES)
        self._most = 2 * every - 1

    def after(self, number: int) -> int:
        """The next one's number: a distance from 1 to 2 N - 1 further, N in the mean."""
        return number + 1 + int(self._draw() * self._most)


def candidates(guards: Eligible) -> tuple[Candidate, ...]:
    """The nodes that are ready now. O(nodes)."""
    pool = guards.pool
    names, in_flight, weights, standing = pool.names, pool.in_flight, pool.weights, guards.standing
    return tuple(
        Candidate(place, names[place], in_flight[place], weights[place], standing(place)) for place in pool.ready
    )
