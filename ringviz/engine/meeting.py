"""Servers that do not know each other become a cluster, and a new one joins it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from ringviz.core.topology import Address, Member, SlotRange
from ringviz.engine import moving, viewing
from ringviz.engine.calls import Calls, wait_for
from ringviz.engine.errors import EngineError, NotAgreed, Refusal

# Of more servers than this, the first introduces all: 64 * 63 handshakes take a second of commands and save none.
_EVERYBODY_MEETS = 16


def form(
    calls: Calls, addresses: Sequence[Address], owners: Mapping[Address, Sequence[SlotRange]], timeout_s: float
) -> None:
    """See Engine.form."""
    deadline = time.monotonic() + timeout_s
    epochs = {address: number for number, address in enumerate(addresses, start=1)}

    def own(address: Address) -> None:
        with suppress(Refusal):  # it has an epoch, or knows others: formed half before
            calls.one(address, "CLUSTER", "SET-CONFIG-EPOCH", epochs[address])
        _own(calls, address, owners.get(address, ()))

    calls.all_of(addresses, own)
    introduce(calls, addresses)
    _wait_known(calls, addresses, deadline)
    viewing.settle(calls, addresses, max(0.0, deadline - time.monotonic()))


def meet(calls: Calls, addresses: Sequence[Address], timeout_s: float) -> None:
    """See Engine.meet."""
    introduce(calls, addresses)
    _wait_known(calls, addresses, time.monotonic() + timeout_s)


def join(calls: Calls, new: Address, known: Address, timeout_s: float) -> None:
    """See Engine.join."""
    deadline = time.monotonic() + timeout_s
    cluster = [member for member in viewing.members(calls, known) if member.met and not member.failed]
    others = [member.address for member in cluster if member.address != new]
    bus = viewing.own(viewing.members(calls, new)).bus_port
    # All of them, at once: left to gossip, the last one hears of the new server after 1.5 to 7 s.
    met = calls.everywhere(others, lambda address: calls.one(address, "CLUSTER", "MEET", new.host, new.port, bus))
    answering = [address for address, reply in met.items() if not isinstance(reply, EngineError)]
    if not answering:
        raise NotAgreed(f"nobody of its cluster answers {new}")
    _wait_known(calls, [new, *answering], deadline)
    # Engines that cannot migrate atomically cannot make a replica an empty primary either: both came with Valkey 9.0.
    if not viewing.takes_writes(calls, new) and moving.has_atomic(calls, new):
        _through_a_replica(calls, new, cluster, deadline)
    _wait_primary(calls, new, answering, deadline)


def introduce(calls: Calls, addresses: Sequence[Address]) -> None:
    """Tells servers where the others are. Does not wait until they have met. Raises Unreachable, Refusal."""
    views = viewing.views(calls, addresses)
    bus = {address: viewing.own(view).bus_port for address, view in views.items()}
    guides = addresses[:-1] if len(addresses) <= _EVERYBODY_MEETS else addresses[:1]
    for index, guide in enumerate(guides):
        known = {member.address for member in views.get(guide, ()) if member.met and member.connected}
        words = [
            ("CLUSTER", "MEET", other.host, other.port, bus[other])
            for other in addresses[index + 1 :]
            if other in bus and other not in known
        ]
        if guide in bus and words:
            calls.many(guide, words)


def _own(calls: Calls, address: Address, ranges: Sequence[SlotRange]) -> None:
    """Gives it the slots that it does not have yet."""
    has = {
        slot for first, last in viewing.own(viewing.members(calls, address)).ranges for slot in range(first, last + 1)
    }
    if not has and ranges:
        calls.one(address, "CLUSTER", "ADDSLOTSRANGE", *(end for one in ranges for end in one))
    elif missing := [slot for first, last in ranges for slot in range(first, last + 1) if slot not in has]:
        calls.one(address, "CLUSTER", "ADDSLOTS", *missing)


def _wait_known(calls: Calls, addresses: Sequence[Address], deadline: float) -> None:
    """Until each of those that answer knows where all of them are."""

    def known() -> bool:
        seen = viewing.views(calls, addresses)
        places = set(seen)
        return bool(seen) and all(
            places <= {member.address for member in view if member.met and (member.myself or member.connected)}
            for view in seen.values()
        )

    wait_for(known, max(0.0, deadline - time.monotonic()), f"{len(addresses)} servers do not find each other")


def _through_a_replica(calls: Calls, new: Address, cluster: Sequence[Member], deadline: float) -> None:
    """Has it take writes at once.

    A primary refuses writes for its first 2 s, counted from its start; a replica has no such delay, and keeps its state
    when it is made a primary: 0.2 s after its start it takes writes instead of 2.0 s.
    """
    primaries = [member for member in cluster if member.primary and member.ranges]
    if not primaries:
        return
    calls.one(new, "CLUSTER", "REPLICATE", primaries[0].id)
    try:
        left = max(0.0, deadline - time.monotonic())
        wait_for(lambda: viewing.takes_writes(calls, new), left, f"{new} does not come up as a replica")
    finally:
        calls.one(new, "CLUSTER", "REPLICATE", "NO", "ONE")


def _wait_primary(calls: Calls, new: Address, others: Sequence[Address], deadline: float) -> None:
    """Until everybody sees it as a primary that takes writes."""

    def seen() -> bool:
        views = viewing.views(calls, [new, *others])
        roles = [member.primary for view in views.values() for member in view if member.address == new]
        return len(roles) == len(views) and all(roles) and viewing.takes_writes(calls, new)

    wait_for(seen, max(0.0, deadline - time.monotonic()), f"{new} is not seen as a primary")
