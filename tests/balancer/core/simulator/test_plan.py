"""What a plan does not allow."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest

from balancer.core.bounds import OutOfBounds
from balancer.core.simulator import errors
from balancer.core.simulator.plan import Frozen, Joins, Killed, Node, Plan, Slow
from ringviz.core.errors import CoreError, DuplicateName, InvalidName

THREE = Plan(tuple(Node(name) for name in "abc"), load=0.9, requests=100, seed=1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"nodes": ()}, "nodes must be from 1 to 1,000, not 0"),
        ({"nodes": tuple(Node(str(number)) for number in range(1001))}, "nodes must be from 1 to 1,000, not 1,001"),
        ({"load": 0.0}, "load must be from 0.001 to 2.0, not 0.0"),
        ({"load": nan}, "load must be from 0.001 to 2.0, not nan"),
        ({"load": 2.1, "queue": 5}, "load must be from 0.001 to 2.0, not 2.1"),
        ({"load": 1.2}, "a load of 1.2 is more than all nodes can serve; set a queue limit"),
        ({"requests": 0}, "requests must be from 1 to 10,000,000, not 0"),
        ({"requests": 10_000_001}, "requests must be from 1 to 10,000,000, not 10,000,001"),
        ({"seed": -1}, "seed must be from 0 to 4,294,967,295, not -1"),
        ({"queue": 0}, "queue must be from 1 to 1,000,000, not 0"),
        ({"skew": 5.1}, "skew must be from 0.0 to 5.0, not 5.1"),
        ({"keys": 0}, "keys must be from 1 to 1,000,000, not 0"),
        ({"faults": (Killed(0, 1.0),) * 101}, "faults must be from 0 to 100, not 101"),
        ({"faults": (Killed(3, 1.0),)}, "there is no node at place 3; places are 0 to 2"),
        ({"faults": (Slow(-1, 0.5),)}, "there is no node at place -1; places are 0 to 2"),
        ({"faults": (Killed(1, 1.0), Killed(1, 2.0))}, "the node at place 1 is killed twice"),
        (
            {"faults": (Joins(Node("d"), 5.0), Killed(3, 5.0))},
            "the node at place 3 joins at 5 and cannot be killed at 5",
        ),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_bounds(changes: dict[str, object], told: str) -> None:
    with pytest.raises(CoreError) as refused:
        replace(THREE, **changes)  # type: ignore[arg-type]
    assert str(refused.value) == told


def test_two_nodes_of_one_name_are_refused_also_when_one_joins_later() -> None:
    with pytest.raises(DuplicateName):
        replace(THREE, nodes=(Node("a"), Node("a")))
    with pytest.raises(DuplicateName):
        replace(THREE, faults=(Joins(Node("a"), 5.0),))


@pytest.mark.parametrize(
    ("make", "refused"),
    [
        (lambda: Node(""), InvalidName),
        (lambda: Node("a", weight=0.0), OutOfBounds),
        (lambda: Node("a", speed=inf), OutOfBounds),
        (lambda: Frozen(0), errors.FrozenForEver),
        (lambda: Frozen(0, 5.0, 5.0), errors.EmptyWindow),
        (lambda: Frozen(0, every=0.01), OutOfBounds),
        (lambda: Frozen(0, every=10.0, part=1.0), OutOfBounds),
        (lambda: Frozen(0, nan, 5.0), OutOfBounds),
        (lambda: Slow(0, 0.0), OutOfBounds),
        (lambda: Slow(0, 0.5, 3.0, nan), errors.EmptyWindow),
        (lambda: Killed(0, -1.0), OutOfBounds),
        (lambda: Joins(Node("a"), inf), OutOfBounds),
    ],
)
def test_a_node_or_a_fault_that_cannot_be_is_refused(make: object, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        make()  # type: ignore[operator]


def test_who_joins_has_the_next_place_in_the_order_of_time() -> None:
    plan = replace(THREE, faults=(Joins(Node("late"), 9.0), Joins(Node("soon"), 2.0), Killed(3, 3.0)))
    assert [node.name for node in plan.everybody] == ["a", "b", "c", "soon", "late"]


def test_the_rate_follows_the_speeds() -> None:
    assert Plan((Node("a", speed=2.0), Node("b", speed=0.5)), 0.8, 10, 1).rate == pytest.approx(2.0)
