"""Why this node: stores the reasons and the outcome of about one request in N."""

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
    """A node that could have been picked, as it was before this request was sent."""

    place: int
    name: str
    in_flight: int
    weight: float
    standing: Standing


class Request(NamedTuple):
    """A request of a stream: its number, its intended time in seconds since the stream began, and its key's hash."""

    number: int
    due_s: float
    key: int


@dataclass(slots=True)
class Sample:
    """An explained request under the named policy.

    `run` names the stream. Together with the request's number, it is unique for all time. `at_s` is the intended time
    in seconds since 1970. `choice` and `turns` give nodes by place. About one request in `every` was sampled.

    The times are seconds since the intended time: `sent_s` when it was handed to the node's connection, `first_s` when
    everything ahead of it in line had ended (None if it never became first), `latency_s` when it ended. `latency_s` and
    `end` are None while it is in flight.
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
        """The name of the picked node."""
        return next(one.name for one in self.candidates if one.place == self.choice.place)


class Samples:
    """The newest MOST_RECENT samples, and the MOST_SLOW slowest since the last `clear`."""

    def __init__(self) -> None:
        self._recent: deque[Sample] = deque(maxlen=MOST_RECENT)
        self._slow: list[tuple[float, int, Sample]] = []
        self._ended: deque[Sample] = deque(maxlen=MOST_RECENT)
        self._ties = count()
        self._era = 0

    def keep(self, sample: Sample) -> Sample:
        """Adds a sample that is about to be sent."""
        sample.era = self._era
        self._recent.append(sample)
        return sample

    def ended(self, sample: Sample, latency_s: float, end: Count) -> None:
        """Records a sample's outcome. O(log MOST_SLOW)."""
        sample.latency_s, sample.end = latency_s, end
        self._ended.append(sample)
        if sample.era != self._era:
            return
        kept = heapq.heappush if len(self._slow) < MOST_SLOW else heapq.heappushpop
        kept(self._slow, (latency_s, next(self._ties), sample))

    def clear(self) -> None:
        """Forgets all samples, because the policy or the settings changed. `take` still returns those in flight."""
        self._recent.clear()
        self._slow.clear()
        self._era += 1

    def recent(self) -> Iterator[Sample]:
        """Samples, newest first."""
        return reversed(self._recent)

    def slowest(self) -> list[Sample]:
        """Samples, slowest first."""
        return [sample for _, _, sample in sorted(self._slow, reverse=True)]

    def take(self) -> list[Sample]:
        """Returns the samples that ended since the last call, in that order, at most the newest MOST_RECENT."""
        ended = list(self._ended)
        self._ended.clear()
        return ended


class Spacing:
    """Chooses the requests to sample: about one in N, at uneven distances.

    Under round robin, sampling every N-th request would always hit the same node if N is a multiple of the nodes.
    """

    def __init__(self, every: int) -> None:
        """Starts at request 0. The same `every` gives the same numbers."""
        self._draw = draws(SAMPLES)
        self._most = 2 * every - 1

    def after(self, number: int) -> int:
        """Advances to the next number, 1 to 2 N - 1 further, N on average."""
        return number + 1 + int(self._draw() * self._most)


def candidates(guards: Eligible) -> tuple[Candidate, ...]:
    """The currently ready nodes. O(nodes)."""
    pool = guards.pool
    names, in_flight, weights, standing = pool.names, pool.in_flight, pool.weights, guards.standing
    return tuple(
        Candidate(place, names[place], in_flight[place], weights[place], standing(place)) for place in pool.ready
    )
