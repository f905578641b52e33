"""The engine: sends each request of a plan to the node that the policy picks, until all have ended.

Nodes serve in the order of arrival, and faults are scheduled beforehand, so the end of a request is known when it is
sent. A discrete-event simulation then needs only one heap of ends, for policies that look at values which change when
requests end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import partial
from math import inf
from typing import Final

from balancer.core.bounds import OutOfBounds
from balancer.core.draws import Draw, draws
from balancer.core.named import policy as named
from balancer.core.policies.fewer import FewerOfTwo
from balancer.core.policy import Policy, Sight
from balancer.core.pool import Pool
from balancer.core.simulator.nodes import Nodes
from balancer.core.simulator.of_two import OfTwo
from balancer.core.simulator.outcome import Outcome, Tally
from balancer.core.simulator.plan import Plan
from balancer.core.simulator.sending import Sender, Watched
from balancer.core.simulator.stream import POLICY, stream
from ringviz.core.abilities import NO_OPTIONS, Options

MOST_TRACED: Final = 1_000_000
_CHANGED_BY_ENDS: Final = {Sight.IN_FLIGHT, Sight.LATENCY}

Maker = Callable[[Pool, Draw, Options], Policy]


def run(plan: Plan, policy: str, options: Options = NO_OPTIONS, *, trace: int = 0) -> Outcome:
    """Simulates the plan under the policy of this name.

    `trace` is how many of the first requests are recorded. The policy has its own random stream, so every policy gets
    the same requests. A request takes one or two microseconds and 8 bytes. Raises UnknownPolicy, UnknownOption,
    InvalidOption and OutOfBounds.
    """
    return simulated(plan, policy, partial(named, policy), options, trace=trace)


def race(plan: Plan, entries: Iterable[tuple[str, Options]], trace: int = 0) -> list[Outcome]:
    """Runs each policy with its options on the same requests. Raises what `run` raises."""
    return [run(plan, name, options, trace=trace) for name, options in entries]


def simulated(plan: Plan, name: str, make: Maker, options: Options = NO_OPTIONS, *, trace: int = 0) -> Outcome:
    """Like `run`, for any policy, including one without a name."""
    if not 0 <= trace <= MOST_TRACED:
        raise OutOfBounds("trace", trace, 0, MOST_TRACED)
    nodes = Nodes(plan)
    policy = make(nodes.pool, draws(plan.seed, POLICY), options)
    sender = _sender(nodes, policy, plan.queue)
    tally = Tally(plan.requests, [node.name for node in plan.everybody], nodes.dies, trace)
    for block in stream(plan, keyed=Sight.KEY in policy.sight):
        _send(sender, block.arrivals.tolist(), block.work.tolist(), block.keys.tolist())
        tally.add(block.arrivals, sender.places, sender.ends)
        sender.places.clear()
        sender.ends.clear()
    sender.settle(inf)
    return tally.outcome(name)


def _sender(nodes: Nodes, policy: Policy, queue: int | None) -> Sender:
    """The fastest loop that maintains what the policy looks at and what `queue` limits."""
    if isinstance(policy, FewerOfTwo) and policy.looks_at_the_pair_only:
        return OfTwo(nodes, policy, queue)
    if queue is not None or not _CHANGED_BY_ENDS.isdisjoint(policy.sight):
        return Watched(nodes, policy, queue)
    return Sender(nodes, policy)


def _send(sender: Sender, arrivals: list[float], work: list[float], keys: list[int]) -> None:
    """Sends some requests, and changes the pool between them when a turn is due."""
    nodes, begin = sender.nodes, 0
    while begin < len(arrivals):
        while nodes.turns and nodes.turns[0].at <= arrivals[begin]:
            sender.settle(nodes.turns[0].at)
            nodes.turn()
            sender.policy.changed()
        end = bisect_left(arrivals, nodes.turns[0].at, begin) if nodes.turns else len(arrivals)
        part = slice(begin, end)
        requests = zip(arrivals[part], work[part], keys[part], strict=True)
        (sender.send if nodes.pool.ready else sender.refuse)(requests)
        begin = end
