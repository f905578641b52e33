"""Service discovery: a lease lasts as long as heartbeats arrive."""

import pytest

from balancer.core.guards.discovery import Heartbeats, Registry
from balancer.core.guards.standing import Code


def watched(registry: Registry, start: float, end: float) -> list[tuple[float, str, Code]]:
    """Looks ten times a second, after `start` and until `end`."""
    found = []
    for tenth in range(round(start * 10) + 1, round(end * 10) + 1):
        found += [(tenth / 10, name, reason.code) for name, reason in registry.look(tenth / 10)]
    return found


def test_a_lease_is_three_heartbeats_long_as_in_eureka():
    rules = Heartbeats()
    assert rules.ttl_s == 3 * rules.every_s == 3.0


def test_a_first_heartbeat_registers():
    registry = Registry(Heartbeats(), 0.0)
    joined = registry.beat("a", 0.0)
    assert joined
    assert joined.code is Code.JOINED
    assert registry.beat("a", 1.0) is None
    assert "a" in registry


def test_who_stops_is_first_suspected_and_then_gone():
    registry = Registry(Heartbeats(), 0.0)
    for second in range(20):
        registry.beat("a", float(second))
        registry.beat("b", float(second))
        watched(registry, second, second + 1)
    registry.beat("b", 20.0)
    watched(registry, 20, 20.1)
    for second in (21, 22):
        registry.beat("b", float(second))
    assert watched(registry, 20.1, 22.5) == [(20.6, "a", Code.HEARTBEAT_LATE), (22.0, "a", Code.HEARTBEAT_LOST)]
    assert "a" not in registry
    assert "b" in registry


def test_a_heartbeat_takes_the_suspicion_away():
    registry = Registry(Heartbeats(), 0.0)
    registry.beat("a", 0.0)
    assert watched(registry, 0.0, 2.9)[-1][2] is Code.HEARTBEAT_LATE
    back = registry.beat("a", 2.9)
    assert back
    assert back.code is Code.HEARTBEAT_BACK
    assert back.figures["silent"] == pytest.approx(2.9)
    assert watched(registry, 2.9, 3.5) == []


def test_an_observer_that_slept_judges_nobody():
    registry = Registry(Heartbeats(), 0.0)
    registry.beat("a", 0.0)
    watched(registry, 0.0, 0.5)
    assert registry.look(60.0) == []
    assert watched(registry, 60.0, 60.1) == []
    assert watched(registry, 60.1, 63.0)[-1][1:] == ("a", Code.HEARTBEAT_LOST)


def test_who_is_dropped_is_not_missed():
    registry = Registry(Heartbeats(), 0.0)
    registry.beat("a", 0.0)
    registry.drop("a")
    assert watched(registry, 0.0, 5.0) == []
