"""Movers of slots: the engine's own, and broken ones that a checker must catch."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from redis.crc import key_slot
from redis.exceptions import MovedError, ResponseError

from tests.clusters import Server, await_true

GAP_S = 0.05

Mover = Callable[[Server, Server, int], None]
"""Moves one slot from a server to another."""


def owned_slots(server: Server, keys: Iterable[str]) -> list[int]:
    """The slots of these keys that this server has."""
    mine = {slot for first, last in server.ranges() for slot in range(first, last + 1)}
    return sorted(mine & {key_slot(key.encode()) for key in keys})


def atomic(source: Server, target: Server, slot: int) -> None:
    """Moves the slot as the engine does."""
    source.call("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", target.id)
    await_true(lambda: _newest_move(source) == b"success", f"slot {slot} does not move")


def _newest_move(source: Server) -> bytes:
    newest = source.call("CLUSTER", "GETSLOTMIGRATIONS")[0]
    told = newest if isinstance(newest, dict) else dict(zip(newest[::2], newest[1::2], strict=True))
    return bytes(told.get(b"state") or told["state"])


def without_writes_between(source: Server, target: Server, slot: int) -> None:
    """Broken: copies the keys, and reassigns the slot a while later. Writes in between are lost."""
    keys = source.call("CLUSTER", "GETKEYSINSLOT", slot, 1000)
    dumps = [(key, source.client.dump(key)) for key in keys]
    time.sleep(GAP_S)
    target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
    with target.client.pipeline(transaction=False) as pipeline:
        for key, dump in dumps:
            if dump is not None:
                pipeline.execute_command("ASKING")
                pipeline.restore(key, 0, dump, replace=True)
        pipeline.execute()
    _hand_over(source, target, slot)


def without_keys(source: Server, target: Server, slot: int) -> None:
    """Broken: the slot changes owner, but its keys stay behind."""
    _hand_over(source, target, slot)


def _hand_over(source: Server, target: Server, slot: int) -> None:
    """The slot is the target's; what the source still has of it is deleted."""
    target.call("CLUSTER", "SETSLOT", slot, "NODE", target.id)
    target.call("CLUSTER", "BUMPEPOCH")
    while True:
        try:
            source.call("CLUSTER", "SETSLOT", slot, "NODE", target.id)
        except ResponseError:  # it takes it only while it has no key of the slot
            with suppress(MovedError):  # by now it has heard of the target's claim from the others
                if keys := source.call("CLUSTER", "GETKEYSINSLOT", slot, 1000):
                    source.client.delete(*keys)
        else:
            return
