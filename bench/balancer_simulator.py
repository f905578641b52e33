"""What a simulated request costs, compared with SimPy in the same run: ten nodes, load 0.9, same requests and policy.

An event is the arrival or the end of a request, so each request has two; SimPy needs more of its own events for the
same. Both pick nodes with the same code and must arrive at the same mean.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from math import isclose
from statistics import fmean, median

import simpy

from balancer.core.draws import draws
from balancer.core.named import policy
from balancer.core.pool import Member, Pool
from balancer.core.simulator.engine import run
from balancer.core.simulator.outcome import WARM_UP
from balancer.core.simulator.plan import Node, Plan
from balancer.core.simulator.stream import POLICY, stream
from bench.core import Line, line

POLICIES = ("p2c", "random")
NODES = tuple(Node(f"node-{number}") for number in range(1, 11))
LOAD, SEED = 0.9, 1
REQUESTS = 500_000
SAMPLE = 50_000  # requests that the slow peer simulates
REPEATS = 5
_EVENTS = 2  # of a request

Events = Generator[simpy.Event, None, None]


class InSimpy:
    """The same nodes in SimPy: each is a resource of capacity 1, and each request is a process."""

    def __init__(self, plan: Plan, name: str) -> None:
        self.environment = simpy.Environment()
        self.nodes = [simpy.Resource(self.environment) for _ in plan.nodes]
        self.pool = Pool(Member(node.name) for node in plan.nodes)
        self.policy = policy(name, self.pool, draws(plan.seed, POLICY))
        blocks = list(stream(plan, keyed=False))
        self.arrivals = [moment for block in blocks for moment in block.arrivals.tolist()]
        self.work = [work for block in blocks for work in block.work.tolist()]
        self.times = [0.0] * plan.requests

    def run(self) -> None:
        """Runs until every request has ended."""
        self.environment.process(self._source())
        self.environment.run()

    def _source(self) -> Events:
        for number, moment in enumerate(self.arrivals):
            yield self.environment.timeout(moment - self.environment.now)
            self.environment.process(self._request(number))

    def _request(self, number: int) -> Events:
        place = self.policy.pick(0, self.environment.now)
        self.pool.in_flight[place] += 1
        with self.nodes[place].request() as turn:
            yield turn
            yield self.environment.timeout(self.work[number])
        self.pool.in_flight[place] -= 1
        self.times[number] = self.environment.now - self.arrivals[number]


def measured(name: str) -> Line:
    """Alternates ours and the peer's, so that a machine that is busy for a while slows both."""
    whole, sample = Plan(NODES, LOAD, REQUESTS, SEED), Plan(NODES, LOAD, SAMPLE, SEED)
    check(sample, name)
    ours, theirs = [], []
    for _ in range(REPEATS):
        ours.append(seconds(lambda: run(whole, name)) / (REQUESTS * _EVENTS))
        theirs.append(seconds(InSimpy(sample, name).run) / (SAMPLE * _EVENTS))
    return line(
        f"simulate {name} on {len(NODES)} nodes at load {LOAD}",
        median(ours) * 1e6,
        "microseconds an event",
        "SimPy",
        median(theirs) * 1e6,
        ">= 15 times the peer",
        f"{1 / median(ours):,.0f} events a second beside {1 / median(theirs):,.0f}, of processor time; "
        f"{REQUESTS:,} requests, drawn and summed up; the peer on the first {SAMPLE:,}, drawn beforehand; same mean",
    )


def check(plan: Plan, name: str) -> None:
    """Raises AssertionError if the two means differ."""
    peer = InSimpy(plan, name)
    peer.run()
    ours, theirs = run(plan, name).mean, fmean(peer.times[int(plan.requests * WARM_UP) :])
    if not isclose(ours, theirs, rel_tol=1e-6):
        raise AssertionError(f"{name}: mean {ours} here, {theirs} in SimPy")


def seconds(work: Callable[[], object]) -> float:
    """The processor time that one call takes, whatever else runs."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Prints every line as soon as it is measured."""
    for name in POLICIES:
        print(measured(name), flush=True)


if __name__ == "__main__":
    main()
