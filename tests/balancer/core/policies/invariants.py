"""Invariants of a policy. Each is a function that takes its class and raises AssertionError if it fails."""

from __future__ import annotations

from collections.abc import Sequence

from balancer.core.draws import draws
from balancer.core.policy import Policy
from balancer.core.pool import Member, Pool
from ringviz.core.abilities import NO_OPTIONS, Options

REQUESTS = 4_000


def pool_of(*weights: float) -> Pool:
    return Pool(Member(f"cache-{place}", weight) for place, weight in enumerate(weights))


def picks(policy: Policy, count: int) -> list[int]:
    """Picks nodes without changing the requests in flight."""
    return [policy.pick(0, 0.0) for _ in range(count)]


def sent(policy: Policy, count: int, seed: int = 7) -> list[int]:
    """Sends requests with random keys and answers none. Returns how many each node has in flight."""
    key = draws(seed)
    for _ in range(count):
        policy.pool.in_flight[policy.pick(int(key() * 2**32), 0.0)] += 1
    return policy.pool.in_flight


def shares_follow_weights(kind: type[Policy], weights: Sequence[float], options: Options = NO_OPTIONS) -> None:
    """Of many requests, each node gets the share of its weight, within 6 percentage points."""
    got = sent(kind(pool_of(*weights), draws(1), options), REQUESTS)
    for place, weight in enumerate(weights):
        share, fair = got[place] / REQUESTS, weight / sum(weights)
        assert abs(share - fair) < 0.06, f"node {place} has {share:.3f} of the requests, its weight is {fair:.3f}"


def a_busy_node_is_avoided(kind: type[Policy]) -> None:
    """One of ten nodes, with a hundred requests in flight, gets far fewer than its share of the next ones."""
    pool = pool_of(*[1.0] * 10)
    pool.in_flight[3] = 100
    got = sent(kind(pool, draws(1)), 500)[3] - 100
    assert got < 10, f"the busy node got {got} of 500 requests"


def a_key_has_one_node(kind: type[Policy]) -> None:
    """Under little load, requests with the same key go to one node, and different keys to different nodes."""
    policy = kind(pool_of(1, 1, 1, 1), draws(1))
    keys = [number * 2**32 // 101 for number in range(101)]
    first = [policy.pick(key, 0.0) for key in keys]
    assert [policy.pick(key, 1.0) for key in keys] == first, "a key went to two nodes"
    assert len(set(first)) > 1, "all keys went to one node"
