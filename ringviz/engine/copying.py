"""Replicas: a server follows a primary, takes its place, or is a primary of its own again."""

from __future__ import annotations

import time

from ringviz.core.topology import Address
from ringviz.engine import viewing
from ringviz.engine.calls import Calls, wait_for


def replicate(calls: Calls, replica: Address, primary_id: str) -> None:
    """See Engine.replicate."""
    calls.one(replica, "CLUSTER", "REPLICATE", primary_id)


def takeover(calls: Calls, replica: Address, timeout_s: float) -> None:
    """See Engine.takeover."""
    deadline = time.monotonic() + timeout_s
    calls.one(replica, "CLUSTER", "FAILOVER", "TAKEOVER")
    wait_for(lambda: _leads(calls, replica), timeout_s, f"{replica} does not take over")
    view = viewing.members(calls, replica)
    mine = viewing.own(view)
    others = [member.address for member in view if member.met and not member.failed and member.primary]
    viewing.wait_seen(calls, others, {mine.id: mine.ranges}, max(0.0, deadline - time.monotonic()))


def promote(calls: Calls, replica: Address) -> None:
    """See Engine.promote."""
    calls.one(replica, "CLUSTER", "REPLICATE", "NO", "ONE", timeout_s=30.0)


def reset(calls: Calls, address: Address) -> None:
    """See Engine.reset."""
    calls.one(address, "FLUSHALL", "ASYNC")
    calls.one(address, "CLUSTER", "RESET", "HARD")


def _leads(calls: Calls, address: Address) -> bool:
    mine = viewing.own(viewing.members(calls, address))
    return mine.primary and bool(mine.ranges) and viewing.takes_writes(calls, address)
