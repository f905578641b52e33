"""Packs what a driver sees into a frame for pages and commands."""

from __future__ import annotations

from typing import Any

from balancer.driving.course import Course
from balancer.driving.orders import Orders
from balancer.driving.trying import Trying
from balancer.traffic.driver import Driver
from balancer.traffic.tally import ERRORS, Count
from live.wire import now_ms


def frame_of(driver: Driver, orders: Orders, course: Course, trying: Trying | None = None) -> dict[str, Any]:
    """What was seen in the window: `Seen.frame()` with nodes by number, plus the policy and the time.

    Also contains the changes since the previous frame: `Course.take`.

    The driver obeys at least version `v` of the cluster's stream. `run` counts since the driver started; each request
    sent to a node is answered, refused, failed or in flight. Removed nodes appear only in the totals.
    """
    frame = driver.seen().frame()
    run = {name: _run(driver, place) for place, name in enumerate(driver.nodes.pool.names)}
    shown = {name: number for name, number in orders.numbers.items() if name in run}
    return {
        "at": now_ms(),
        "on": True,
        "policy": driver.policy,
        "options": dict(driver.options),
        "v": orders.v,
        "trial": None if trying is None else trying.frame(),
        **frame,
        **course.take(driver, orders),
        "nodes": {str(number): {**frame["nodes"][name], **_of_now(driver, name)} for name, number in shown.items()},
        "run": {
            "asked": driver.asked,
            "late": driver.tally.late,
            "homeless": driver.tally.homeless,
            "nodes": {str(number): run[name] for name, number in shown.items()},
        },
    }


def _of_now(driver: Driver, name: str) -> dict[str, Any]:
    """A node's load (None without a recent report) and its effective weight."""
    pool, load = driver.nodes.pool, driver.load(name)
    weight = pool.weights[pool.names.index(name)]
    return {"load": None if load is None else load.frame(), "weight": round(weight, 4)}


def silent(driver: Driver, orders: Orders) -> dict[str, Any]:
    """The last frame: sending has stopped."""
    return {"at": now_ms(), "on": False, "policy": driver.policy, "v": orders.v}


def _run(driver: Driver, place: int) -> dict[str, Any]:
    counts = driver.tally.of(place)
    return {
        "sent": counts[Count.SENT],
        "answered": counts[Count.ANSWERED],
        "refused": counts[Count.REFUSED],
        "errors": {count.name.lower(): counts[count] for count in ERRORS},
        "in_flight": driver.nodes.pool.in_flight[place],
    }
