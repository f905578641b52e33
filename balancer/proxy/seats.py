"""Which node stands in which slot of a running proxy, as the cluster changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from balancer.proxy.config import NOWHERE, Seat, relative
from balancer.proxy.errors import TooManyNodes
from balancer.proxy.reading import State
from balancer.proxy.runtime import Runtime
from balancer.traffic.nodes import Target


class _Told(NamedTuple):
    """What HAProxy was told of a node."""

    seat: Seat
    state: State


def seated(targets: Sequence[Target]) -> list[Seat]:
    """The seats of these nodes, in their order."""
    weights = relative([target.weight for target in targets])
    return [Seat(target.address, weight) for target, weight in zip(targets, weights, strict=True)]


class Seats:
    """Tells a proxy, by its runtime socket, what has changed of the nodes, and nothing else: what somebody set by hand
    stays until the cluster changes just that.

    A node that returns gets the slot that it had. The slots of nodes that left are taken when no other is free.
    """

    def __init__(self, slots: int, targets: Sequence[Target]) -> None:
        """As the proxy was started: these nodes in the slots 1, 2, ..."""
        self._slots = slots
        self._places = {target.name: slot for slot, target in enumerate(targets, 1)}
        self._told = {target.name: _Told(seat, State.READY) for target, seat in _pairs(targets)}

    async def follow(self, runtime: Runtime, targets: Sequence[Target], draining: Collection[str]) -> None:
        """These nodes take connections; those in `draining` keep what they have; the others are gone.

        Raises TooManyNodes for those that are too many, when the others are told; and what `runtime` raises.
        """
        wanted = {target.name: _Told(seat, State.READY) for target, seat in _pairs(targets)}
        for name in [name for name in self._told if name not in wanted]:
            if name in draining:
                await self._tell(runtime, name, _Told(self._told[name].seat, State.DRAIN))
            else:
                await self._release(runtime, name)
        homeless = False
        for name, told in wanted.items():
            if self._take(name):
                await self._tell(runtime, name, told)
            else:
                homeless = True
        if homeless:
            raise TooManyNodes(self._slots)

    async def _tell(self, runtime: Runtime, name: str, told: _Told) -> None:
        slot, before = self._places[name], self._told.get(name)
        if before is None or before.seat.address != told.seat.address:
            await runtime.move(slot, told.seat.address)
        if before is None or before.seat.weight != told.seat.weight:
            await runtime.weigh(slot, told.seat.weight)
        if before is None or before.state != told.state:
            await runtime.put(slot, told.state)
        self._told[name] = told

    async def _release(self, runtime: Runtime, name: str) -> None:
        """Its address goes too: another node may have it one day, and no address stands in two slots."""
        await runtime.put(self._places[name], State.MAINT)
        await runtime.move(self._places[name], NOWHERE)
        del self._told[name]

    def _take(self, name: str) -> bool:
        """Whether the node has a slot now."""
        if name in self._places:
            return True
        taken = set(self._places.values())
        free = next((slot for slot in range(1, self._slots + 1) if slot not in taken), None)
        if free is None:
            left = next((name for name in self._places if name not in self._told), None)
            if left is None:
                return False
            free = self._places.pop(left)
        self._places[name] = free
        return True


def _pairs(targets: Sequence[Target]) -> list[tuple[Target, Seat]]:
    return list(zip(targets, seated(targets), strict=True))
