"""Slots change owner without their keys: those of the dead, and those that a way of placing takes from the living."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from ringviz.core.batches import ranges_of
from ringviz.core.topology import Address, Member, SlotRange, owner_map
from ringviz.engine import moving, viewing
from ringviz.engine.calls import Calls, wait_for
from ringviz.engine.errors import EngineError, NotAgreed, Refusal, Unreachable

_SPREADS_WITHIN_S = 1.0
_UNKNOWN = "Unknown node"
_KEYS_AT_ONCE = 1000


def reassign(
    calls: Calls,
    dead_ids: Collection[str],
    gains: Mapping[Address, Sequence[SlotRange]],
    survivors: Sequence[Address],
    timeout_s: float,
) -> None:
    """See Engine.reassign."""
    calls.everywhere(survivors, lambda address: moving.cancel_with(calls, address, list(dead_ids)))
    answering = forget(calls, dead_ids, survivors)
    # Nobody else claims them, so that none is waited for but to keep epochs apart: 64 servers that raise theirs at the
    # same time have so much to settle that they answer nobody for half a second.
    epoch = 0
    for address in answering:
        if gains.get(address):
            epoch = _claim(calls, address, gains[address], above=epoch).epoch
    viewing.settle(calls, answering, timeout_s)


def forget(calls: Calls, ids: Collection[str], addresses: Sequence[Address]) -> list[Address]:
    """See Engine.forget."""

    def forgets(address: Address) -> None:
        for reply in calls.many(address, [("CLUSTER", "FORGET", id_) for id_ in ids]):
            if isinstance(reply, Refusal) and _UNKNOWN not in str(reply):
                raise reply

    replies = calls.everywhere(addresses, forgets)
    refused = [reply for reply in replies.values() if isinstance(reply, Refusal)]
    if refused:
        raise refused[0]
    answering = [address for address, reply in replies.items() if reply is None]
    if not answering:
        raise Unreachable("no server of the cluster answers")
    return answering


def take(
    calls: Calls, gains: Mapping[Address, Sequence[SlotRange]], everybody: Sequence[Address], timeout_s: float
) -> None:
    """Has each server own its gains at once, one server after the other, as every answering one sees it.

    Whoever owned them drops their keys when it hears of it. One after the other, each with the greatest epoch so far:
    of two claims the greater epoch wins, and two servers that raise theirs at the same time get the same (seen: 6, 6).
    Raises Unreachable, Refusal, NotAgreed.
    """
    deadline, epoch = time.monotonic() + timeout_s, 0
    for address, ranges in gains.items():
        if ranges:
            epoch = _take(calls, address, ranges, above=epoch, everybody=everybody, deadline=deadline)


def _take(
    calls: Calls,
    address: Address,
    ranges: Sequence[SlotRange],
    *,
    above: int,
    everybody: Sequence[Address],
    deadline: float,
) -> int:
    """Claims until everybody sees it: an owner whose epoch rises at the same moment takes its slots back."""
    while True:
        mine = _claim(calls, address, ranges, above=above)
        try:
            viewing.wait_seen(calls, everybody, {mine.id: mine.ranges}, _SPREADS_WITHIN_S)
        except NotAgreed:
            if time.monotonic() > deadline:
                raise
        else:
            return mine.epoch


def _claim(calls: Calls, address: Address, ranges: Sequence[SlotRange], *, above: int) -> Member:
    """Makes slots a server's own in its own eyes and tells everybody.

    Its epoch is the greatest it knows; it is given a moment to hear of the epoch `above`.
    """
    with suppress(NotAgreed):
        wait_for(lambda: _current_epoch(calls, address) >= above, _SPREADS_WITHIN_S, "an epoch does not spread")
    view = viewing.members(calls, address)
    assigned, claimed = _split(view, ranges)
    commands: list[tuple[str | int, ...]] = [("MULTI",), ("CLUSTER", "BUMPEPOCH")]
    if assigned:
        commands.append(("CLUSTER", "DELSLOTSRANGE", *(end for one in assigned for end in one)))
    commands.append(("CLUSTER", "ADDSLOTSRANGE", *(end for one in ranges for end in one)))
    # BUMPEPOCH tells the others only if it raised the epoch; this always does.
    commands.append(("CLUSTER", "SETSLOT", claimed, "NODE", viewing.own(view).id))
    commands.append(("EXEC",))
    for reply in calls.many(address, commands):
        if isinstance(reply, EngineError):
            raise reply
    return viewing.own(viewing.members(calls, address))


def _split(view: Sequence[Member], ranges: Sequence[SlotRange]) -> tuple[list[SlotRange], int]:
    """Which of these slots somebody owns in this view, and one of them all."""
    owner, _ids = owner_map(view)
    wanted = owner < -1
    for first, last in ranges:
        wanted[first : last + 1] = True
    return ranges_of((wanted & (owner >= 0)).nonzero()[0]), ranges[0][0]


def _current_epoch(calls: Calls, address: Address) -> int:
    return int(viewing.info(calls, address)["cluster_current_epoch"])


def hand_over(
    calls: Calls, gains: Mapping[Address, Sequence[SlotRange]], everybody: Sequence[Address], timeout_s: float
) -> None:
    """See Engine.hand_over."""
    deadline = time.monotonic() + timeout_s
    answering = list(viewing.views(calls, everybody))
    take(calls, {address: gains[address] for address in answering if address in gains}, answering, timeout_s)
    viewing.settle(calls, answering, max(0.0, deadline - time.monotonic()))


def drop(calls: Calls, address: Address, ranges: Sequence[SlotRange], timeout_s: float) -> None:
    """See Engine.drop."""
    slots = [slot for first, last in ranges for slot in range(first, last + 1)]
    for reply in calls.many(address, [("CLUSTER", "FLUSHSLOT", slot) for slot in slots], timeout_s):
        if isinstance(reply, Refusal) and "unknown subcommand" in str(reply):
            return _drop_by_key(calls, address, slots, timeout_s)
        if isinstance(reply, EngineError):
            raise reply
    return None


def _drop_by_key(calls: Calls, address: Address, slots: Sequence[int], timeout_s: float) -> None:
    """Deletes the keys of slots that the server owns, for engines that cannot empty a slot."""
    for slot in slots:
        while keys := calls.one(address, "CLUSTER", "GETKEYSINSLOT", slot, _KEYS_AT_ONCE):
            calls.one(address, "UNLINK", *keys, timeout_s=timeout_s)
