"""Moving slots with their keys: atomically where the engine can (Valkey 9), else slot by slot as older ones do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ringviz.engine.address import Address
from ringviz.engine.errors import EngineError
from ringviz.engine.links import Links

Ranges = Sequence[tuple[int, int]]
_BATCH = 200  # keys a MIGRATE
_MIGRATE_MS = 5_000
_ENDED = {"success": "done", "failed": "failed", "cancelled": "cancelled", "canceled": "cancelled"}


class MoveState(NamedTuple):
    """A migration as its source knows it: `state` is running, done, failed or cancelled."""

    name: str
    state: str
    target_id: str
    message: str


def has_atomic(links: Links, address: Address) -> bool:
    """Whether the engine moves slots atomically."""
    try:
        links.call(address, "CLUSTER", "GETSLOTMIGRATIONS")
    except EngineError:
        return False
    return True


def migrate(links: Links, source: Address, target_id: str, ranges: Ranges) -> None:
    """Starts an atomic migration. Raises EngineError: refused, for instance while another of these slots runs."""
    edges = [edge for pair in ranges for edge in pair]
    links.call(source, "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", *edges, "NODE", target_id)


def migrations(links: Links, source: Address) -> list[MoveState]:
    """The migrations that a source began, newest first; the ended ones of late too."""
    found = []
    for entry in links.call(source, "CLUSTER", "GETSLOTMIGRATIONS"):
        told = _fields(entry)
        if told.get("operation") != "EXPORT":
            continue
        state = _ENDED.get(told.get("state", ""), "running")
        message = told.get("message", "") or (told.get("state", "") if state != "done" else "")
        found.append(MoveState(told.get("name", ""), state, told.get("target_node", ""), message))
    return found


def move_slot_classic(links: Links, source: Address, target: Address, slot: int, password: str) -> None:
    """Moves one slot key by key: what older engines do, and what clients see as ASK meanwhile. Raises EngineError."""
    ids = {one: links.text(one, "CLUSTER", "MYID") for one in (source, target)}
    links.call(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source])
    links.call(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", ids[target])
    while keys := links.call(source, "CLUSTER", "GETKEYSINSLOT", slot, _BATCH):
        links.call(
            source,
            "MIGRATE",
            target.host,
            target.port,
            "",
            0,
            _MIGRATE_MS,
            "AUTH",
            password,
            "KEYS",
            *keys,
            timeout_s=10,
        )
    for one in (target, source):
        links.call(one, "CLUSTER", "SETSLOT", slot, "NODE", ids[target])


def _fields(entry: Any) -> dict[str, str]:
    pairs = entry.items() if isinstance(entry, dict) else zip(entry[0::2], entry[1::2], strict=False)
    return {_text(name): _text(value) for name, value in pairs}


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
