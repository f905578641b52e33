"""What a status says about the cost of more than one connection."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from locks.sources.cost import Cost
from locks.watcher.clock import OurClock
from locks.watcher.standing import Standing


def connected(*commands: str) -> Any:
    """A connection that has sent these commands."""
    cost = Cost()
    for command in commands:
        cost.add(command, 1, 1, 0.0)
    return SimpleNamespace(cost=cost, budget=None)


def test_a_new_connection_costs_no_less_than_nothing() -> None:
    standing = Standing(OurClock())
    standing.bill(connected(*["TIME"] * 50))
    standing.bill(connected("TIME", "INFO"))
    cost = standing.status()["cost"]
    assert cost["calls_s"] == 2
    assert cost["by_command"] == {"TIME": 1, "INFO": 1}


def test_who_sends_nothing_costs_nothing() -> None:
    standing = Standing(OurClock())
    first = connected("TIME")
    standing.bill(first)
    first.cost.add("TIME", 1, 1, 0.0)
    standing.bill(first)
    assert standing.status()["cost"]["calls_s"]
    standing.enter("paused")
    assert standing.status()["cost"]["calls_s"] == 0
