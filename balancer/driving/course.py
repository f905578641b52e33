"""The part of a frame that covers the time since the previous frame, and the policies that drove the stream."""

from __future__ import annotations

from typing import Any, Final

from balancer.driving.orders import Orders
from balancer.traffic.clock import clock
from balancer.traffic.driver import TICK_S, Driver
from balancer.traffic.reached import Reached
from live.wire import now_ms

_EVERY_MS: Final = round(TICK_S * 1_000)


class Course:
    """Follows one driver tick by tick. Records nothing during an A/B run, which reports its two sides itself."""

    def __init__(self) -> None:
        self._steps: list[list[int]] = []  # in flight by tick, then by place
        self._reached = Reached()

    def tick(self, driver: Driver, orders: Orders) -> None:
        """Records the requests in flight now, and the answers since the last tick."""
        self._steps.append(list(driver.nodes.pool.in_flight))
        now, settings = clock(), driver.settings
        if driver.on_part is not None:  # an A/B run is playing
            return
        stream = (settings.requests, settings.work, settings.weighed)
        self._reached.under(stream, driver.policy, dict(driver.options), orders.around, now)
        if driver.newest is not None:
            self._reached.add(driver.newest, now)

    def take(self, driver: Driver, orders: Orders) -> dict[str, Any]:
        """Returns `steps`, `caps` and `policies` for a frame. The steps are those since the last call.

        `steps` holds each node's requests in flight, one number per tick; a node that joined in between has fewer.
        `caps` are the policy's limits, None if it has none. `policies` says what each policy reached on this stream,
        and whether the nodes were in the same condition as now.
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
