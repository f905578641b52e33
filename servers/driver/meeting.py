"""Servers that do not know each other become a cluster, and a new server joins it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from servers.address import Address
from servers.driver.calls import wait_for
from servers.driver.moving import Moving
from servers.errors import EngineError, NotAgreed, Refusal
from servers.slots import SlotRange, slots_in
from servers.topology import Member

# With more servers than this, the first introduces them all: 64 * 63 handshakes take a second and save none.
_EVERYBODY_MEETS = 16


class Meeting(Moving):
    """The part that brings servers together."""

    def form(
        self, addresses: Sequence[Address], owners: Mapping[Address, Sequence[SlotRange]], timeout_s: float
    ) -> None:
        """Makes servers that know no others a cluster in which each owns its slots; returns when all accept writes.

        Can be repeated after an interruption. Eight servers: 2.0 s after their start, which is the engine's own delay.
        """
        deadline = time.monotonic() + timeout_s
        epochs = {address: number for number, address in enumerate(addresses, start=1)}

        def own(address: Address) -> None:
            with suppress(Refusal):  # it has an epoch or knows others: an earlier try was interrupted
                self._calls.one(address, "CLUSTER", "SET-CONFIG-EPOCH", epochs[address])
            self._give_missing(address, owners.get(address, ()))

        self._calls.all_of(addresses, own)
        self._introduce(addresses)
        self._wait_known(addresses, deadline)
        self.wait_agreed(addresses, max(0.0, deadline - time.monotonic()), of_answering=True)

    def meet(self, addresses: Sequence[Address], timeout_s: float) -> None:
        """Tells the servers of a cluster where the others are now, and waits until those that answer know it."""
        self._introduce(addresses)
        self._wait_known(addresses, time.monotonic() + timeout_s)

    def join(self, new: Address, known: Address, timeout_s: float) -> None:
        """Makes an empty server join a cluster by a known member; returns when slots can be moved to it (0.2 s)."""
        deadline = time.monotonic() + timeout_s
        cluster = [member for member in self.members(known) if member.met and not member.failed]
        others = [member.address for member in cluster if member.address != new]
        meet = ("CLUSTER", "MEET", new.host, new.port, self.itself(new).bus_port)
        # Tell all of them at once: by gossip alone, the last one hears of the new server after 1.5 to 7 s.
        met = self._calls.everywhere(others, lambda address: self._calls.one(address, *meet))
        answering = [address for address, reply in met.items() if not isinstance(reply, EngineError)]
        if not answering:
            raise NotAgreed(f"no member of its cluster can reach {new}")
        self._wait_known([new, *answering], deadline)
        # Engines without atomic migration cannot make a replica an empty primary: both came with Valkey 9.0.
        if not self.takes_writes(new) and self.has_atomic(new):
            self._through_a_replica(new, cluster, deadline)
        self._wait_primary(new, answering, deadline)

    def _introduce(self, addresses: Sequence[Address]) -> None:
        """Tells servers where the others are. Does not wait until they have met."""
        views = self._views(addresses)
        bus = {address: member.bus_port for address, view in views.items() for member in view if member.myself}
        guides = addresses[:-1] if len(addresses) <= _EVERYBODY_MEETS else addresses[:1]
        for index, guide in enumerate(guides):
            known = {member.address for member in views.get(guide, ()) if member.met and member.connected}
            words = [
                ("CLUSTER", "MEET", other.host, other.port, bus[other])
                for other in addresses[index + 1 :]
                if other in bus and other not in known
            ]
            if guide in bus and words:
                self._calls.many(guide, words)

    def _give_missing(self, address: Address, ranges: Sequence[SlotRange]) -> None:
        """Gives a server the slots that it does not have yet."""
        has = set(slots_in(self.itself(address).ranges))
        if not has and ranges:
            self._calls.one(address, "CLUSTER", "ADDSLOTSRANGE", *(end for one in ranges for end in one))
        elif missing := [slot for slot in slots_in(ranges) if slot not in has]:
            self._calls.one(address, "CLUSTER", "ADDSLOTS", *missing)

    def _wait_known(self, addresses: Sequence[Address], deadline: float) -> None:
        """Waits until each server that answers knows where all of them are."""

        def known() -> bool:
            seen = self._views(addresses)
            places = set(seen)
            return bool(seen) and all(
                places <= {member.address for member in view if member.met and (member.myself or member.connected)}
                for view in seen.values()
            )

        wait_for(known, max(0.0, deadline - time.monotonic()), f"{len(addresses)} servers did not find each other")

    def _through_a_replica(self, new: Address, cluster: Sequence[Member], deadline: float) -> None:
        """Makes it accept writes at once.

        A primary refuses writes for 2 s after its start; a replica has no such delay, and keeps its state when it
        becomes a primary: it accepts writes 0.2 s after its start instead of 2.0 s.
        """
        primaries = [member for member in cluster if member.primary and member.ranges]
        if not primaries:
            return
        self._calls.one(new, "CLUSTER", "REPLICATE", primaries[0].id)
        try:
            left = max(0.0, deadline - time.monotonic())
            wait_for(lambda: self.takes_writes(new), left, f"{new} did not come up as a replica")
        finally:
            self._calls.one(new, "CLUSTER", "REPLICATE", "NO", "ONE")

    def _wait_primary(self, new: Address, others: Sequence[Address], deadline: float) -> None:
        """Waits until every server sees it as a primary that accepts writes."""

        def seen() -> bool:
            views = self._views([new, *others])
            roles = [member.primary for view in views.values() for member in view if member.address == new]
            return len(roles) == len(views) and all(roles) and self.takes_writes(new)

        wait_for(seen, max(0.0, deadline - time.monotonic()), f"{new} was not seen as a primary")
