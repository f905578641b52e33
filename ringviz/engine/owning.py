"""Slots change owner without their keys: those of the dead, and those that a way of placing takes from the living."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from ringviz.core.batches import ranges_of
from ringviz.core.topology import Address, Member, SlotRange, owner_map
from ringviz.engine import moving, viewing
from ringviz.engine.calls import Calls, wait_for
from ringviz.engine.errors import EngineError, NotAgreed, Refusal, Unreachable

_SPREADS_WITHIN_S = 1.0
_UNKNOWN = "Unknown node"
_KEYS_AT_ONCE = 1000
_HAS_REPLICAS = -1

# What SETSLOT lacks: ranges, and several owners. ARGV is id, first, last, id, first, last, ...; gives how many slots
# are noted. A primary with replicas waits for them in SETSLOT; in a script and in MULTI, where nobody may wait, 9.1.2
# aborts.
_NOTE = """
if string.find(redis.call('INFO', 'replication'), 'connected_slaves:0', 1, true) == nil then
  return -1
end
local noted = 0
for at = 1, #ARGV, 3 do
  for slot = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]) do
    local reply = redis.pcall('CLUSTER', 'SETSLOT', slot, 'NODE', ARGV[at])
    if not reply.err then
      noted = noted + 1
    end
  end
end
return noted
"""

T = TypeVar("T")


def reassign(
    calls: Calls,
    dead_ids: Collection[str],
    gains: Mapping[Address, Sequence[SlotRange]],
    survivors: Sequence[Address],
    timeout_s: float,
) -> None:
    """See Engine.reassign.

    Every survivor is told of every new owner, so that nobody waits for gossip (1.5 s), and no epoch rises: slots that
    are nobody's anyone may have. Raising epochs is the other way to have a cluster hear of owners at once, but has to
    be done one after the other (64 servers: 2 s): those that do it at the same time get the same, and answer nobody for
    half a second until they have settled that. Where there are replicas it is the way: they cannot be told.
    """
    struck = _strike(calls, dead_ids, survivors)
    owned = [(id_, part) for address, id_ in struck.items() for part in gains.get(address, ())]
    if owned and not all(calls.all_of(struck, lambda address: _note(calls, address, owned)).values()):
        epoch = 0
        for address in struck:
            if gains.get(address):
                epoch = _claim(calls, address, gains[address], above=epoch, everybody=struck.keys()).epoch
    viewing.settle(calls, list(struck), timeout_s)


def _strike(calls: Calls, dead_ids: Collection[str], survivors: Sequence[Address]) -> dict[Address, str]:
    """Cancels what moves from and to the dead and forgets them, at all who answer; their ids. Raises as `forget`.

    Who does not answer in time hears by gossip for 60 s that the dead are forgotten.
    """

    def strikes(address: Address) -> str:
        moving.cancel_with(calls, address, list(dead_ids))
        replies = calls.many(address, [*_forgetting(dead_ids), ("CLUSTER", "MYID")])
        _check_forgotten(replies)
        return str(replies[-1].decode())

    return _of_answering(calls.everywhere(survivors, strikes, viewing.PATIENCE_S))


def _note(calls: Calls, address: Address, owned: Sequence[tuple[str, SlotRange]]) -> bool:
    """Has a server note new owners of slots that are nobody's, without their word for it; whether it could.

    It passes over slots of which it has keys, and owners that it does not know yet: it hears of those by gossip.
    """
    words = (word for id_, (first, last) in owned for word in (id_, first, last))
    try:
        return bool(calls.one(address, "EVAL", _NOTE, 0, *words) != _HAS_REPLICAS)
    except Unreachable:  # dead or frozen since: the next death
        return True
    except Refusal:  # an engine without scripts
        return False


def forget(calls: Calls, ids: Collection[str], addresses: Sequence[Address]) -> None:
    """See Engine.forget."""

    def forgets(address: Address) -> None:
        _check_forgotten(calls.many(address, _forgetting(ids)))

    _of_answering(calls.everywhere(addresses, forgets, viewing.PATIENCE_S))


def _forgetting(ids: Collection[str]) -> list[tuple[str, str, str]]:
    return [("CLUSTER", "FORGET", id_) for id_ in ids]


def _check_forgotten(replies: Sequence[object]) -> None:
    """Raises a refusal that is not about an identity unknown already."""
    for reply in replies:
        if isinstance(reply, EngineError) and _UNKNOWN not in str(reply):
            raise reply


def _of_answering(replies: Mapping[Address, T | EngineError]) -> dict[Address, T]:
    """The replies of those that answered. Raises the first Refusal, Unreachable where nobody did."""
    given: dict[Address, T] = {}
    for address, reply in replies.items():
        if isinstance(reply, Refusal):
            raise reply
        if not isinstance(reply, EngineError):
            given[address] = reply
    if not given:
        raise Unreachable("no server of the cluster answers")
    return given


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
        mine = _claim(calls, address, ranges, above=above, everybody=everybody)
        try:
            viewing.wait_seen(calls, everybody, {mine.id: mine.ranges}, _SPREADS_WITHIN_S)
        except NotAgreed:
            if time.monotonic() > deadline:
                raise
        else:
            return mine.epoch


def _claim(
    calls: Calls, address: Address, ranges: Sequence[SlotRange], *, above: int, everybody: Collection[Address]
) -> Member:
    """Makes slots a server's own in its own eyes and tells everybody.

    Its epoch is the greatest it knows; it is given a moment to hear of the epoch `above`. `everybody` answers.
    """
    _wait_epoch(calls, address, above)
    view = viewing.members(calls, address)
    others = [member.address for member in view if member.primary and not member.myself and member.address in everybody]
    if others and viewing.own(view).epoch == max(member.epoch for member in view):
        # Only an epoch that rises is told to everybody at once (left to gossip, they hear of the slots after up to
        # 1.5 s), and the greatest does not. Before the claim: an owner that rose after it would take its slots back.
        _wait_epoch(calls, address, _raise(calls, others[0]))
    commands: list[tuple[str | int, ...]] = [("MULTI",), ("CLUSTER", "BUMPEPOCH")]
    if assigned := _assigned(view, ranges):
        commands.append(("CLUSTER", "DELSLOTSRANGE", *(end for one in assigned for end in one)))
    commands.append(("CLUSTER", "ADDSLOTSRANGE", *(end for one in ranges for end in one)))
    commands.append(("EXEC",))
    for reply in calls.many(address, commands):
        if isinstance(reply, EngineError):
            raise reply
    return viewing.own(viewing.members(calls, address))


def _assigned(view: Sequence[Member], ranges: Sequence[SlotRange]) -> list[SlotRange]:
    """Which of these slots somebody owns in this view."""
    owner, _ids = owner_map(view)
    wanted = owner < -1
    for first, last in ranges:
        wanted[first : last + 1] = True
    return ranges_of((wanted & (owner >= 0)).nonzero()[0])


def _raise(calls: Calls, address: Address) -> int:
    """Raises the epoch of a server above all that it knows; the epoch."""
    calls.one(address, "CLUSTER", "BUMPEPOCH")
    return _current_epoch(calls, address)


def _wait_epoch(calls: Calls, address: Address, epoch: int) -> None:
    """Until a server has heard of an epoch, but not for ever."""
    with suppress(NotAgreed):
        wait_for(lambda: _current_epoch(calls, address) >= epoch, _SPREADS_WITHIN_S, "an epoch does not spread")


def _current_epoch(calls: Calls, address: Address) -> int:
    return int(viewing.info(calls, address)["cluster_current_epoch"])


def hand_over(
    calls: Calls, gains: Mapping[Address, Sequence[SlotRange]], everybody: Sequence[Address], timeout_s: float
) -> None:
    """See Engine.hand_over."""
    deadline = time.monotonic() + timeout_s
    answering = list(viewing.views(calls, everybody, viewing.PATIENCE_S))
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
