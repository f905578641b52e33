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

The classic way (MIGRATE, key by key; Redis from 7.0 on, Valkey before 9.0) has the source wait for its target, and
serve nobody meanwhile: for a target that is frozen it must not wait so long that it is taken for frozen itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from ringviz.core.topology import Address, SlotRange
from ringviz.engine import viewing
from ringviz.engine.calls import Calls
from ringviz.engine.errors import EngineError, Refusal, Unreachable

SENDS_WITHIN_S: Final = 1.0  # a batch of keys, to a target that takes them

_NOT_NOW: Final = ("IOERR", "CLUSTERDOWN", "LOADING")  # what a server says of one that it could not send to

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
    try:
        calls.one(address, "CLUSTER", "GETSLOTMIGRATIONS")
    except Refusal as refusal:
        if "unknown subcommand" in str(refusal).lower():
            return False
        raise
    return True


def move_slots_classic(
    calls: Calls, source: Address, target: Address, slots: Sequence[int], *, timeout_s: float, keys_at_once: int
) -> None:
    """See Engine.move_slots_classic."""
    source_id = viewing.own(viewing.members(calls, source)).id
    arriving = viewing.own(viewing.members(calls, target))
    has = {slot for first, last in arriving.ranges for slot in range(first, last + 1)}
    opened = [slot for slot in slots if slot not in has]  # cut off before its end it may own some
    # Together: whatever changes there, a server writes its view of the cluster to the disk before it answers.
    _all(calls, target, [("CLUSTER", "SETSLOT", slot, "IMPORTING", source_id) for slot in opened])
    _all(calls, source, [("CLUSTER", "SETSLOT", slot, "MIGRATING", arriving.id) for slot in opened])
    found = _all(calls, source, [("CLUSTER", "GETKEYSINSLOT", slot, keys_at_once) for slot in slots])
    for slot, some in zip(slots, found, strict=True):
        keys = some
        while keys:
            # REPLACE: of a key that both have, after a timeout, the source's is newer: it is asked first.
            _send(calls, source, target, ("REPLACE", *_words_of(calls, keys)), timeout_s)
            keys = calls.one(source, "CLUSTER", "GETKEYSINSLOT", slot, keys_at_once)
    # The target first: if we die in between, it owns the slots and has their keys.
    for address in (target, source):
        _all(calls, address, [("CLUSTER", "SETSLOT", slot, "NODE", arriving.id) for slot in slots])


def take_back_classic(
    calls: Calls, source: Address, target: Address, slot: int, *, timeout_s: float, keys_at_once: int
) -> None:
    """See Engine.take_back_classic."""
    # While it is leaving, the source sends everybody on who brings a key that it has not.
    calls.one(source, "CLUSTER", "SETSLOT", slot, "STABLE")
    while keys := calls.one(target, "CLUSTER", "GETKEYSINSLOT", slot, keys_at_once):
        try:
            _send(calls, target, source, _words_of(calls, keys), timeout_s)
        except Refusal as refusal:
            if "BUSYKEY" not in str(refusal):
                raise
            # What the source has of the same name was written since it is stable, and is newer.
            _unlink_asking(calls, target, [key for key in keys if calls.one(source, "EXISTS", key)])
    calls.one(target, "CLUSTER", "SETSLOT", slot, "STABLE")


def close_slot(calls: Calls, address: Address, slot: int) -> None:
    """See Engine.close_slot."""
    calls.one(address, "CLUSTER", "SETSLOT", slot, "STABLE")


def drop_strays(calls: Calls, address: Address, slot: int, owner_id: str, *, keys_at_once: int) -> None:
    """See Engine.drop_strays."""
    while keys := calls.one(address, "CLUSTER", "GETKEYSINSLOT", slot, keys_at_once):
        calls.one(address, "CLUSTER", "SETSLOT", slot, "IMPORTING", owner_id)  # else it sends us to the owner
        _unlink_asking(calls, address, keys)
    calls.one(address, "CLUSTER", "SETSLOT", slot, "STABLE")


def _send(calls: Calls, source: Address, target: Address, words: Sequence[str | bytes], timeout_s: float) -> None:
    """Moves keys to another server. The sender serves nobody until it is done, or the other silent for `timeout_s`."""
    milliseconds = max(1, int(timeout_s * 1000))
    try:
        deadline_s = timeout_s + SENDS_WITHIN_S
        calls.one(source, "MIGRATE", target.host, target.port, "", 0, milliseconds, *words, timeout_s=deadline_s)
    except Refusal as refusal:
        if any(word in str(refusal) for word in _NOT_NOW):
            raise Unreachable(str(refusal)) from None
        raise


def _words_of(calls: Calls, keys: Sequence[bytes]) -> tuple[str | bytes, ...]:
    return (*calls.password_words(), "KEYS", *keys)


def _unlink_asking(calls: Calls, address: Address, keys: Sequence[bytes]) -> None:
    """Deletes keys of a slot that a server is importing."""
    _all(calls, address, [command for key in keys for command in (("ASKING",), ("UNLINK", key))])


def _all(calls: Calls, address: Address, commands: Sequence[Sequence[str | int | bytes]]) -> list[Any]:
    """The replies to commands sent at once. Raises the first refusal."""
    replies = calls.many(address, commands) if commands else []
    for reply in replies:
        if isinstance(reply, EngineError):
            raise reply
    return replies


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
