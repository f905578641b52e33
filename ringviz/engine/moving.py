"""Slots move with their keys: by the engine's atomic slot migration, or slot by slot where it has none.

CLUSTER MIGRATESLOTS SLOTSRANGE first last [first last ...] NODE id, sent to the source, is one job with all of its
ranges; GETSLOTMIGRATIONS tells of it at source and target, the newest first; CANCELSLOTMIGRATIONS (without an argument,
though HELP says ALL) is for the source alone. Measured on 9.1.2:

- DBSIZE of the target does not count what arrives until the slots are its own; that of the source does until then.
- The target has no memory left: failed after 15 to 60 ms, nothing stays there. The source says "Connection lost".
- The target is frozen: it is waited for (`repl-timeout`), the source takes writes meanwhile. Killed: failed at once.
- The source is killed: the target fails the job at once and drops what it has.
- The source signs in at the target with its `primaryauth`; without it the job fails (NOAUTH).
- A primary that loses its last slot becomes a replica, and no target any more, unless
  `cluster-allow-replica-migration no`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from ringviz.core.topology import Address, SlotRange
from ringviz.engine import viewing
from ringviz.engine.calls import Calls
from ringviz.engine.errors import EngineError, Refusal

Outcome = Literal["running", "done", "failed", "cancelled"]

_ENDED: Final[dict[str, Outcome]] = {
    "success": "done",
    "failed": "failed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class MoveState:
    """An atomic slot migration as the asked server tells it. `source` and `target` are identities.

    `phase` is the engine's own word (snapshotting, ...), `message` why it failed.
    """

    name: str
    state: Outcome
    source: str
    target: str
    ranges: list[SlotRange]
    message: str
    phase: str
    exporting: bool


def move(calls: Calls, source: Address, target_id: str, ranges: Sequence[SlotRange]) -> None:
    """See Engine.move."""
    ends = (end for one in ranges for end in one)
    calls.one(source, "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", *ends, "NODE", target_id)


def moves(calls: Calls, address: Address) -> list[MoveState]:
    """See Engine.moves."""
    return [_state(_words(job)) for job in calls.one(address, "CLUSTER", "GETSLOTMIGRATIONS")]


def cancel(calls: Calls, address: Address) -> None:
    """See Engine.cancel."""
    try:
        calls.one(address, "CLUSTER", "CANCELSLOTMIGRATIONS")
    except Refusal as error:
        if "No migrations" not in str(error):
            raise


def has_atomic(calls: Calls, address: Address) -> bool:
    """See Engine.has_atomic."""
    reply = calls.one(address, "COMMAND", "INFO", "cluster|migrateslots")
    return bool(reply) and (reply[0] if isinstance(reply, list) else next(iter(reply.values()))) is not None


def move_slot_classic(
    calls: Calls, source: Address, target: Address, slot: int, *, timeout_s: float, keys_at_once: int
) -> None:
    """See Engine.move_slot_classic."""
    seen = viewing.members(calls, source)
    arriving = viewing.own(viewing.members(calls, target))
    source_id, target_id = viewing.own(seen).id, arriving.id
    if not any(first <= slot <= last for first, last in arriving.ranges):  # cut off before its end it may own it
        calls.one(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", source_id)
        calls.one(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", target_id)
    while keys := calls.one(source, "CLUSTER", "GETKEYSINSLOT", slot, keys_at_once):
        milliseconds = int(timeout_s * 1000)
        # REPLACE: of a key that both have, after a timeout, the source's is newer: it is asked first.
        words = ("REPLACE", *calls.password_words(), "KEYS", *keys)
        calls.one(source, "MIGRATE", target.host, target.port, "", 0, milliseconds, *words, timeout_s=timeout_s)
    # The target first: if we die in between, it owns the slot and has its keys.
    calls.one(target, "CLUSTER", "SETSLOT", slot, "NODE", target_id)
    calls.one(source, "CLUSTER", "SETSLOT", slot, "NODE", target_id)


def cancel_with(calls: Calls, address: Address, ids: Sequence[str]) -> None:
    """Cancels what moves at a server, if any of it is from or to one of these identities."""
    try:
        running = [one for one in moves(calls, address) if one.state == "running"]
    except EngineError:  # an engine without atomic migration, or it does not answer
        return
    if any(one.source in ids or one.target in ids for one in running):
        cancel(calls, address)


def _state(job: dict[str, str]) -> MoveState:
    ranges = [part.partition("-") for part in job["slot_ranges"].split()]
    return MoveState(
        name=job["name"],
        state=_ENDED.get(job["state"], "running"),
        source=job.get("source_node", ""),
        target=job.get("target_node", ""),
        ranges=[(int(first), int(last or first)) for first, _dash, last in ranges],
        message=job["message"].strip(),
        phase=job["state"],
        exporting=job["operation"] == "EXPORT",
    )


def _words(job: Any) -> dict[str, str]:
    pairs = job.items() if isinstance(job, dict) else zip(job[::2], job[1::2], strict=True)
    return {name.decode(): value.decode() if isinstance(value, bytes) else str(value) for name, value in pairs}
