"""A race: several policies on one simulated stream, next to one central queue, which is the limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, isnan
from typing import Final, NamedTuple

from balancer.core.simulator.engine import race
from balancer.core.simulator.outcome import Outcome
from balancer.core.simulator.plan import Frozen, Node, Plan
from live.shared import Shared

FEWEST, MOST = 2, 4  # policies in a race
FIRST: Final = ("random", "round_robin", "p2c")  # the default policies
MOST_NODES: Final = 200
USUAL_REQUESTS: Final = 100_000
MOST_WORK: Final = 1_200_000  # per race: roughly microseconds on a slow processor
FREEZE_FROM, FREEZE_EVERY, FREEZE_PART = 30.0, 100.0, 0.3
_SHOWN_SERVICE_TIMES: Final = 240
_FEWEST_SHOWN, _MOST_SHOWN = 200, 10_000
_NAME: Final = "node-"  # followed by a number from 1, as on the command line
_KEPT: Final = 32  # cached races, half a megabyte each


class Entry(NamedTuple):
    """A policy with its chosen options."""

    policy: str
    options: tuple[tuple[str, float], ...] = ()

    @property
    def text(self) -> str:
        """The form in links and commands: `p2c`, `d_choices:d=3`."""
        return f"{self.policy}:{self.spelled}" if self.options else self.policy

    @property
    def spelled(self) -> str:
        """Only the options: `d=3`."""
        return ",".join(f"{name}={value:.10g}" for name, value in self.options)


LIMIT: Final = Entry("central")


@dataclass(frozen=True, slots=True)
class Race:
    """The requested race. `freeze` is the number of the node that freezes, from 1. If `requests` is None, runs as many
    as fit.

    The fields are within bounds, and there are two to four different `entries` (`balancer.views.asked`).
    """

    entries: tuple[Entry, ...]
    nodes: int
    load: float
    seed: int
    requests: int | None = None
    queue: int | None = None
    skew: float = 0.0
    freeze: int | None = None

    @property
    def runs(self) -> tuple[Entry, ...]:
        """What is simulated: the entries and the limit."""
        return tuple(dict.fromkeys((*self.entries, LIMIT)))

    @property
    def most_requests(self) -> int:
        """As many as run in about a second. A pick takes two microseconds, more if it looks at every node."""
        return int(MOST_WORK / (len(self.runs) * (2 + self.nodes / 30)))

    @property
    def count(self) -> int:
        """The number of requests for each policy."""
        return self.requests or min(USUAL_REQUESTS, self.most_requests)

    @property
    def shown(self) -> int:
        """How many of the first requests the page draws."""
        wanted = round(_SHOWN_SERVICE_TIMES * self.nodes * self.load)
        return min(self.count, max(_FEWEST_SHOWN, min(_MOST_SHOWN, wanted)))

    @property
    def frozen(self) -> Frozen | None:
        """The fault for `freeze`."""
        if self.freeze is None:
            return None
        return Frozen(self.freeze - 1, FREEZE_FROM, every=FREEZE_EVERY, part=FREEZE_PART)

    @property
    def is_bounded(self) -> bool:
        """Whether no policy can beat the limit: all nodes are equally fast and every request is answered."""
        return self.freeze is None and self.queue is None

    def with_freeze(self) -> Race:
        """The same race with the middle node frozen, or without the freeze if it has one."""
        return replace(self, freeze=(self.nodes + 1) // 2 if self.freeze is None else None)

    @property
    def plan(self) -> Plan:
        """The plan for the simulator."""
        return Plan(
            nodes=tuple(Node(f"{_NAME}{number}") for number in range(1, self.nodes + 1)),
            load=self.load,
            requests=self.count,
            seed=self.seed,
            queue=self.queue,
            skew=self.skew,
            faults=(self.frozen,) if self.frozen else (),
        )


class Ranked(NamedTuple):
    """An entry with its outcome."""

    entry: Entry
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Raced:
    """The result of a race: the entries, best first, and the limit.

    The best entry refuses the least. Ties go to the lowest mean. The mean covers answers only, so by itself it would
    favour a policy that refuses a lot.
    """

    race: Race
    ranked: tuple[Ranked, ...]
    limit: Outcome

    def is_flooded(self, one: Ranked) -> bool:
        """Whether the policy sends the freezing node more than it can serve, so that its queue grows forever."""
        race = self.race
        if race.freeze is None or race.queue is not None:
            return False
        return one.outcome.share[f"{_NAME}{race.freeze}"] * race.nodes * race.load > 1 - FREEZE_PART


_races: Shared[Raced] = Shared(_KEPT)


def raced(asked: Race) -> Raced:
    """Simulates a race, with a cache. Takes at most about a second of CPU."""
    return _races.get(asked, lambda: _run(asked))


def _run(asked: Race) -> Raced:
    outcomes = race(asked.plan, [(run.policy, dict(run.options)) for run in asked.runs], trace=asked.shown)
    by_entry = dict(zip(asked.runs, outcomes, strict=True))
    ranked = sorted((Ranked(entry, by_entry[entry]) for entry in asked.entries), key=_badness)
    return Raced(asked, tuple(ranked), by_entry[LIMIT])


def _badness(one: Ranked) -> tuple[int, float]:
    """An entry without answers has no mean and comes last."""
    outcome = one.outcome
    return outcome.sent - outcome.answered, inf if isnan(outcome.mean) else outcome.mean
