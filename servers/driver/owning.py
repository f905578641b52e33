"""Slots change owner without their keys: those of dead servers, and those that a placement takes from living ones."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from servers.address import Address
from servers.driver.calls import wait_for
from servers.driver.moving import Moving
from servers.driver.viewing import PATIENCE_S
from servers.errors import EngineError, NotAgreed, Refusal, Unreachable
from servers.slots import SlotRange, in_ranges, marked_ranges
from servers.topology import Member, myself, owner_map

_SPREADS_WITHIN_S = 1.0
_UNKNOWN = "Unknown node"
_HAS_REPLICAS = -1

# SETSLOT has no ranges and takes only one owner. ARGV is id, first, last, id, first, last, ...; returns how many slots
# were noted. A primary with replicas waits for them in SETSLOT; in a script and in MULTI, where waiting is impossible,
# 9.1.2 aborts.
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


class Owning(Moving):
    """The part that gives slots to other owners, without keys."""

    def forget(self, ids: Collection[str], addresses: Sequence[Address]) -> None:
        """Makes servers forget node IDs. Their slots have no owner then; the servers refuse those IDs for 60 s.

        Unknown IDs and servers that do not answer are skipped. Raises Unreachable if none answers.
        """

        def forgets(address: Address) -> None:
            _check_forgotten(self._calls.many(address, _forgetting(ids)))

        _of_answering(self._calls.everywhere(addresses, forgets, PATIENCE_S))

    def reassign(
        self,
        dead_ids: Collection[str],
        gains: Mapping[Address, Sequence[SlotRange]],
        survivors: Sequence[Address],
        timeout_s: float = 5.0,
    ) -> None:
        """Removes dead servers everywhere and gives their slots to others, empty; writes work again when it returns.

        Kill the dead servers first (a frozen one that thaws answers old values). A survivor that does not answer is
        skipped: it hears of the new owners by gossip, and the slots it was to get have no owner until it is asked again
        (`slot_map` says -1). The requests are still in its socket, and it obeys when it thaws.
        """
        # Every survivor is told every new owner, so nobody waits for gossip (1.5 s), and no epoch rises: slots without
        # an owner can be given to anyone. Raising epochs also spreads owners at once, but must be done one server after
        # the other (64 servers: 2 s): servers that do it at the same time get the same epoch, and answer nobody for
        # half a second until they have settled that. With replicas it is the only way, because they cannot be told.
        struck = self._strike(dead_ids, survivors)
        owned = [(id_, part) for address, id_ in struck.items() for part in gains.get(address, ())]
        if owned and not all(self._calls.all_of(struck, lambda address: self._note(address, owned)).values()):
            epoch = 0
            for address in struck:
                if gains.get(address):
                    epoch = self._claim(address, gains[address], above=epoch, everybody=struck.keys()).epoch
        self.wait_agreed(list(struck), timeout_s, of_answering=True)

    def hand_over(
        self, gains: Mapping[Address, Sequence[SlotRange]], everybody: Sequence[Address], timeout_s: float = 10.0
    ) -> None:
        """Makes slots of living servers change owner at once, without their keys: the keys are dropped."""
        deadline = time.monotonic() + timeout_s
        answering = list(self._views(everybody, PATIENCE_S))
        # One after the other, each with the greatest epoch so far: of two claims the greater epoch wins, and two
        # servers that raise theirs at the same time get the same (seen: 6, 6).
        epoch = 0
        for address in answering:
            if gains.get(address):
                epoch = self._take(address, gains[address], above=epoch, everybody=answering, deadline=deadline)
        self.wait_agreed(answering, max(0.0, deadline - time.monotonic()), of_answering=True)

    def _strike(self, dead_ids: Collection[str], survivors: Sequence[Address]) -> dict[Address, str]:
        """Cancels migrations from and to dead servers and forgets them at all that answer; returns their IDs. Raises as
        `forget`.

        A server that does not answer in time hears by gossip, for 60 s, that they are forgotten.
        """

        def strikes(address: Address) -> str:
            self._cancel_with(address, dead_ids)
            replies = self._calls.many(address, [*_forgetting(dead_ids), ("CLUSTER", "MYID")])
            _check_forgotten(replies)
            return str(replies[-1].decode())

        return _of_answering(self._calls.everywhere(survivors, strikes, PATIENCE_S))

    def _note(self, address: Address, owned: Sequence[tuple[str, SlotRange]]) -> bool:
        """Makes a server note new owners of slots that had none, without their own claim. Returns whether it could.

        It skips slots of which it has keys, and owners that it does not know yet: it hears about those by gossip.
        """
        words = (word for id_, (first, last) in owned for word in (id_, first, last))
        try:
            return bool(self._calls.one(address, "EVAL", _NOTE, 0, *words) != _HAS_REPLICAS)
        except Unreachable:  # died or froze since: that is the next death
            return True
        except Refusal:  # an engine without scripts
            return False

    def _take(
        self,
        address: Address,
        ranges: Sequence[SlotRange],
        *,
        above: int,
        everybody: Sequence[Address],
        deadline: float,
    ) -> int:
        """Repeats the claim until all see it: an owner whose epoch rises at the same moment takes its slots back."""
        while True:
            mine = self._claim(address, ranges, above=above, everybody=everybody)
            try:
                self._wait_seen(everybody, {mine.id: mine.ranges}, _SPREADS_WITHIN_S)
            except NotAgreed:
                if time.monotonic() > deadline:
                    raise
            else:
                return mine.epoch

    def _claim(
        self, address: Address, ranges: Sequence[SlotRange], *, above: int, everybody: Collection[Address]
    ) -> Member:
        """Makes slots a server's own in its own view, and tells everybody.

        Its epoch becomes the greatest it knows; it gets a moment to hear of the epoch `above`. `everybody` must answer.
        """
        self._wait_epoch(address, above)
        view = self.members(address)
        others = [one.address for one in view if one.primary and not one.myself and one.address in everybody]
        if others and myself(view).epoch == max(member.epoch for member in view):
            # Only an epoch that rises is announced at once (by gossip, others hear of the slots after up to 1.5 s), and
            # the greatest does not rise. Do it before the claim: an owner that rose after it would take its slots back.
            self._calls.one(others[0], "CLUSTER", "BUMPEPOCH")
            self._wait_epoch(address, self._current_epoch(others[0]))
        commands: list[tuple[str | int, ...]] = [("MULTI",), ("CLUSTER", "BUMPEPOCH")]
        if assigned := _assigned(view, ranges):
            commands.append(("CLUSTER", "DELSLOTSRANGE", *(end for one in assigned for end in one)))
        commands.append(("CLUSTER", "ADDSLOTSRANGE", *(end for one in ranges for end in one)))
        commands.append(("EXEC",))
        self._calls.every(address, commands)
        return self.itself(address)

    def _wait_epoch(self, address: Address, epoch: int) -> None:
        """Waits until a server has heard of an epoch, for a limited time."""
        with suppress(NotAgreed):
            wait_for(lambda: self._current_epoch(address) >= epoch, _SPREADS_WITHIN_S, "an epoch did not spread")

    def _current_epoch(self, address: Address) -> int:
        return int(self._info(address)["cluster_current_epoch"])


def _forgetting(ids: Collection[str]) -> list[tuple[str, str, str]]:
    return [("CLUSTER", "FORGET", id_) for id_ in ids]


def _check_forgotten(replies: Sequence[object]) -> None:
    """Raises a refusal, unless it is about an ID that is unknown already."""
    for reply in replies:
        if isinstance(reply, EngineError) and _UNKNOWN not in str(reply):
            raise reply


def _of_answering(replies: Mapping[Address, T | EngineError]) -> dict[Address, T]:
    """The replies of the servers that answered. Raises the first Refusal, or Unreachable if none did."""
    given: dict[Address, T] = {}
    for address, reply in replies.items():
        if isinstance(reply, Refusal):
            raise reply
        if not isinstance(reply, EngineError):
            given[address] = reply
    if not given:
        raise Unreachable("no server of the cluster answers")
    return given


def _assigned(view: Sequence[Member], ranges: Sequence[SlotRange]) -> list[SlotRange]:
    """Which of these slots have an owner in this view."""
    owner, _ids = owner_map(view)
    return marked_ranges(in_ranges(ranges) & (owner >= 0))
