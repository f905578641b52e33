"""What a frame tells of the time since the one before it, and of the policies that drove the stream."""

from __future__ import annotations

from typing import Any, Final

from balancer.driving.orders import Orders
from balancer.traffic.clock import clock
from balancer.traffic.driver import TICK_S, Driver
from balancer.traffic.reached import Reached
from live.wire import now_ms

_EVERY_MS: Final = round(TICK_S * 1_000)


class Course:
    """Of one driver, tick by tick. An A/B run tells of its two sides itself: while it runs nothing is kept here."""

    def __init__(self) -> None:
        self._steps: list[list[int]] = []  # in flight by tick, then by place
        self._reached = Reached()

    def tick(self, driver: Driver, orders: Orders) -> None:
        """Notes what is in flight now, and what came since the tick before."""
        self._steps.append(list(driver.nodes.pool.in_flight))
        now, settings = clock(), driver.settings
        if driver.on_part is not None:  # an A/B run plays
            return
        stream = (settings.requests, settings.work, settings.weighed)
        self._reached.under(stream, driver.policy, dict(driver.options), orders.around, now)
        if driver.newest is not None:
            self._reached.add(driver.newest, now)

    def take(self, driver: Driver, orders: Orders) -> dict[str, Any]:
        """`steps`, `caps` and `policies` of a frame; the steps are those since the last call.

        `steps` are the requests in flight of each node, one number a tick; a node that joined in between has fewer.
        `caps` are those of the policy, None where it has none. `policies` say what each policy reached on this stream,
        and whether the nodes were as they are now.
        """
        names = driver.nodes.pool.names
        places = {place: str(orders.numbers[name]) for place, name in enumerate(names) if name in orders.numbers}
        steps, self._steps = self._steps, []
        caps = driver.caps
        past_ms = now_ms() - clock() * 1_000
        return {
            "steps": {
                "every_ms": _EVERY_MS,
                "in_flight": {
                    number: [tick[place] for tick in steps if place < len(tick)] for place, number in places.items()
                },
            },
            "caps": None if caps is None else {places[place]: cap for place, cap in caps.items() if place in places},
            "policies": [
                {
                    "policy": one.policy,
                    "options": dict(one.options),
                    "p99_ms": one.p99_ms,
                    "seconds": one.seconds,
                    "at": round(one.at * 1_000 + past_ms),
                    "same": one.around == orders.around,
                }
                for one in self._reached.told()
            ],
        }
