"""Which node is in which slot of a running proxy, as the cluster changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from balancer.proxy.config import NOWHERE, Seat, relative
from balancer.proxy.errors import TooManyNodes
from balancer.proxy.reading import State
from balancer.proxy.runtime import Runtime
from balancer.traffic.nodes import Target


class _Told(NamedTuple):
    """What HAProxy was told about a node."""

    seat: Seat
    state: State


def seated(targets: Sequence[Target]) -> list[Seat]:
    """The seats of these nodes, in order."""
    weights = relative([target.weight for target in targets])
    return [Seat(target.address, weight) for target, weight in zip(targets, weights, strict=True)]


class Seats:
    """Tells a proxy which nodes have changed, and nothing else. A value that somebody set by hand stays until the
    cluster changes that same value.

    A returning node gets its old slot. Slots of nodes that left are reused only when no other is free.
    """

    def __init__(self, slots: int, targets: Sequence[Target]) -> None:
        """The proxy was started with these nodes in slots 1, 2, ..."""
        self._slots = slots
        self._places = {target.name: slot for slot, target in enumerate(targets, 1)}
        self._told = {target.name: _Told(seat, State.READY) for target, seat in _pairs(targets)}

    async def follow(self, runtime: Runtime, targets: Sequence[Target], draining: Collection[str]) -> None:
        """Sets the nodes that take connections. Nodes in `draining` keep their open connections. All others are gone.

        Raises TooManyNodes after seating as many as fit, and what `runtime` raises.
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
        """Clears the address too: another node may get it one day, and no address may be in two slots."""
        await runtime.put(self._places[name], State.MAINT)
        await runtime.move(self._places[name], NOWHERE)
        del self._told[name]

    def _take(self, name: str) -> bool:
        """Gives the node a slot if one is free. True if it has one."""
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
