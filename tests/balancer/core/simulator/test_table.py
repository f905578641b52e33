"""Mean times from theory and other simulations, for exponential service with mean 1 and Poisson arrivals."""

from __future__ import annotations

from math import log

import pytest

from balancer.core.simulator.engine import run
from balancer.core.simulator.plan import Node, Plan

CELLS = ((5, 0.7), (5, 0.9), (10, 0.9), (100, 0.9))
MEANS = {
    "random": (3.333, 10.000, 10.000, 10.000),
    "round_robin": (2.164, 6.142, 5.660, 5.227),
    "p2c": (1.882, 3.718, 3.118, 2.644),
    "p2c_distinct": (1.753, 3.478, 2.983, 2.632),
    "jsq": (1.392, 2.800, 1.912, 1.067),
    "central": (1.252, 2.525, 1.669, 1.022),
}
LONG = [(name, *cell, mean) for name, means in MEANS.items() for cell, mean in zip(CELLS, means, strict=True)]
# These approach their mean quickly: their queues are short and forget quickly.
SHORT = [("p2c", 5, 0.7, 300_000, 1.882), ("p2c_distinct", 10, 0.9, 700_000, 2.983)]
ENOUGH = {"random": 10_000_000}  # queues at load 0.9 forget slowly

pytestmark = pytest.mark.no_cover


def plan_of(count: int, load: float, requests: int) -> Plan:
    return Plan(tuple(Node(f"node-{number}") for number in range(count)), load, requests, seed=1)


@pytest.mark.parametrize(("name", "count", "load", "requests", "mean"), SHORT)
def test_the_mean_is_within_3_percent_of_the_table(
    name: str, count: int, load: float, requests: int, mean: float
) -> None:
    assert run(plan_of(count, load, requests), name).mean == pytest.approx(mean, rel=0.03)


@pytest.mark.long
@pytest.mark.parametrize(("name", "count", "load", "mean"), LONG)
def test_every_mean_is_within_3_percent_of_the_table(name: str, count: int, load: float, mean: float) -> None:
    assert run(plan_of(count, load, ENOUGH.get(name, 4_000_000)), name).mean == pytest.approx(mean, rel=0.03)


@pytest.mark.long
def test_one_node_has_the_percentiles_of_the_textbooks() -> None:
    outcome = run(plan_of(1, 0.9, 10_000_000), "random")
    assert outcome.p50 == pytest.approx(log(2) / 0.1, rel=0.03)
    assert outcome.p99 == pytest.approx(log(100) / 0.1, rel=0.03)  # 46.05
