"""What is simulated: nodes, requests and faults. Times are in mean service times."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Final

from balancer.core.bounds import HIGHEST_SEED, HIGHEST_SKEW, MOST_KEYS, within
from balancer.core.simulator.errors import (
    EmptyWindow,
    FrozenForEver,
    KilledBeforeJoining,
    KilledTwice,
    NeedsQueue,
    NoSuchPlace,
)
from ringviz.core.errors import DuplicateName, InvalidName

MOST_NODES: Final = 1_000
MOST_REQUESTS: Final = 10_000_000
HIGHEST_LOAD: Final = 2.0
LEAST_LOAD: Final = 0.001
MOST_QUEUED: Final = 1_000_000
LEAST_SPEED, HIGHEST_SPEED = 0.01, 100.0
LEAST_WEIGHT, HIGHEST_WEIGHT = 0.001, 1_000.0
MOST_FAULTS: Final = 100
LATEST: Final = 1e9  # the latest time of a fault
SHORTEST_PERIOD: Final = 0.1
LARGEST_PART: Final = 0.99


@dataclass(frozen=True, slots=True)
class Node:
    """A server. At speed s, it does work w in time w/s. Policies see `weight`.

    Raises InvalidName and OutOfBounds.
    """

    name: str
    weight: float = 1.0
    speed: float = 1.0

    def __post_init__(self) -> None:
        if not self.name:
            raise InvalidName(self.name)
        within("weight", self.weight, LEAST_WEIGHT, HIGHEST_WEIGHT)
        within("speed", self.speed, LEAST_SPEED, HIGHEST_SPEED)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The node at `place` accepts requests but does no work, then continues where it stopped.

    It lasts from `start` to `end`, or with `every` for the first `part` of each period of that length. Raises
    OutOfBounds, EmptyWindow, and FrozenForEver if there is neither an end nor a period.
    """

    place: int
    start: float = 0.0
    end: float = inf
    every: float | None = None
    part: float = 0.3

    def __post_init__(self) -> None:
        _window(self.start, self.end)
        if self.every is not None:
            within("every", self.every, SHORTEST_PERIOD, LATEST)
            within("part", self.part, 0.01, LARGEST_PART)
        elif self.end == inf:
            raise FrozenForEver(self.place)


@dataclass(frozen=True, slots=True)
class Slow:
    """The node at `place` works `factor` times as fast from `start` to `end`. Raises OutOfBounds and EmptyWindow."""

    place: int
    factor: float
    start: float = 0.0
    end: float = inf

    def __post_init__(self) -> None:
        _window(self.start, self.end)
        within("factor", self.factor, LEAST_SPEED, HIGHEST_SPEED)


@dataclass(frozen=True, slots=True)
class Killed:
    """The node at `place` is killed at `at`. Its requests fail, and it gets no more."""

    place: int
    at: float

    def __post_init__(self) -> None:
        within("at", self.at, 0.0, LATEST)


@dataclass(frozen=True, slots=True)
class Joins:
    """A node joins at `at`. Its place follows those of the plan and of earlier joins."""

    node: Node
    at: float

    def __post_init__(self) -> None:
        within("at", self.at, 0.0, LATEST)


Fault = Frozen | Slow | Killed | Joins


@dataclass(frozen=True, slots=True)
class Plan:
    """A run to simulate. The same plan gives the same requests under every policy.

    `requests` arrive by a Poisson process. `load` is the arriving work divided by the total speed of `nodes`; joins and
    faults do not change the rate. A load above 1 needs a `queue`: the most requests in flight on a node, including the
    one in service. Requests beyond it are refused. `keys` are equally popular, or the n-th has weight 1 / n^`skew`
    (Zipf).

    Raises OutOfBounds, DuplicateName, NeedsQueue, NoSuchPlace, KilledTwice and KilledBeforeJoining.
    """

    nodes: tuple[Node, ...]
    load: float
    requests: int
    seed: int
    queue: int | None = None
    skew: float = 0.0
    keys: int = 10_000
    faults: tuple[Fault, ...] = field(default=())

    def __post_init__(self) -> None:
        within("nodes", len(self.everybody), 1, MOST_NODES)
        within("load", self.load, LEAST_LOAD, HIGHEST_LOAD)
        within("requests", self.requests, 1, MOST_REQUESTS)
        within("seed", self.seed, 0, HIGHEST_SEED)
        within("skew", self.skew, 0.0, HIGHEST_SKEW)
        within("keys", self.keys, 1, MOST_KEYS)
        within("faults", len(self.faults), 0, MOST_FAULTS)
        if self.queue is not None:
            within("queue", self.queue, 1, MOST_QUEUED)
        elif self.load > 1:
            raise NeedsQueue(self.load)
        self._check_names()
        self._check_places()

    @property
    def everybody(self) -> tuple[Node, ...]:
        """Every node by place, including those that join."""
        return (*self.nodes, *(joining.node for joining in self.joining))

    @property
    def joining(self) -> tuple[Joins, ...]:
        """The joins in order of time."""
        return tuple(sorted((fault for fault in self.faults if isinstance(fault, Joins)), key=lambda join: join.at))

    @property
    def rate(self) -> float:
        """Requests per mean service time."""
        return self.load * sum(node.speed for node in self.nodes)

    def _check_names(self) -> None:
        seen: set[str] = set()
        for node in self.everybody:
            if node.name in seen:
                raise DuplicateName(node.name)
            seen.add(node.name)

    def _check_places(self) -> None:
        joined = [0.0] * len(self.nodes) + [join.at for join in self.joining]
        for fault in self.faults:
            if not isinstance(fault, Joins) and not 0 <= fault.place < len(joined):
                raise NoSuchPlace(fault.place, len(joined))
        killed: set[int] = set()
        for kill in (fault for fault in self.faults if isinstance(fault, Killed)):
            if kill.place in killed:
                raise KilledTwice(kill.place)
            if kill.place >= len(self.nodes) and kill.at <= joined[kill.place]:
                raise KilledBeforeJoining(kill.place, kill.at, joined[kill.place])
            killed.add(kill.place)


def _window(start: float, end: float) -> None:
    within("start", start, 0.0, LATEST)
    if not end > start:
        raise EmptyWindow(start, end)
