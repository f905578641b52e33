"""A cluster of servers, as whoever decides over it needs it: formed, joined, given slots, moved, bereaved, counted.

Every function asks the servers; nothing is remembered here but connections. What waits has a deadline and raises
EngineError when it has passed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from ringviz.core.topology import Member, parse
from ringviz.engine import migrations
from ringviz.engine.address import Address
from ringviz.engine.errors import EngineError
from ringviz.engine.links import Found, Links, Measured, measure_all
from ringviz.engine.migrations import MoveState, Ranges

SLOTS = 16_384
LOOK_EVERY_S = 0.01
AGREE_WITHIN_S = 10.0
_EDGES_AT_ONCE = 2_000  # numbers in one command


class Engine:
    """Commands to the servers of one cluster, all of which share a password. Any thread may use it."""

    def __init__(self, password: str, timeout_s: float = 1.0) -> None:
        self._password = password
        self._links = Links(password, timeout_s)

    # --- one server

    def answers(self, address: Address) -> bool:
        """Whether it answers and has loaded what it stores."""
        try:
            return bool(self._links.text(address, "PING") == "PONG")
        except EngineError:
            return False

    def identity(self, address: Address) -> str:
        """Its id in the cluster."""
        return self._links.text(address, "CLUSTER", "MYID")

    def members(self, address: Address) -> list[Member]:
        """Everybody that it knows, itself too."""
        return parse(self._links.text(address, "CLUSTER", "NODES"))

    def info(self, address: Address) -> dict[str, str]:
        """CLUSTER INFO."""
        lines = self._links.text(address, "CLUSTER", "INFO").split()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def flush(self, address: Address, timeout_s: float) -> None:
        """Deletes all of its keys."""
        self._links.call(address, "FLUSHALL", "ASYNC", timeout_s=timeout_s)

    def has(self, address: Address, name: bytes, timeout_s: float) -> Found | None:
        """Whether it stores a name; None when it does not say."""
        try:
            found = int(self._links.call(address, "EXISTS", name, timeout_s=timeout_s))
            text = self._links.text(address, "INFO", "replication")
        except EngineError:
            return None
        slaves = next((line.split(":")[1] for line in text.splitlines() if line.startswith("connected_slaves")), "0")
        return Found(bool(found), int(slaves))

    def measure(self, addresses: Sequence[Address], timeout_s: float) -> dict[Address, Measured | None]:
        """What each stores and does now; None for one that does not answer in time."""
        return measure_all(self._links, list(addresses), timeout_s)

    # --- coming together

    def form(self, addresses: Sequence[Address], owners: Mapping[Address, Ranges], timeout_s: float) -> None:
        """Makes a cluster of servers that know nobody. May be called again on one that was half made."""
        for epoch, address in enumerate(addresses, 1):
            with suppress(EngineError):  # it has one already
                self._links.call(address, "CLUSTER", "SET-CONFIG-EPOCH", epoch)
            self._add_slots(address, owners.get(address, ()))
        self.meet(addresses, timeout_s)
        self._until(lambda: self.agreed(addresses) and all(map(self._is_ok, addresses)), timeout_s, "form a cluster")

    def meet(self, addresses: Sequence[Address], timeout_s: float) -> None:
        """Has the first introduce itself to the others, until everybody knows everybody where they are now."""
        first, *others = addresses
        buses = {address: self._bus(address) for address in others}
        for address in others:
            self._links.call(first, "CLUSTER", "MEET", address.host, address.port, buses[address])
        ids = {self.identity(address): address for address in addresses}
        self._until(lambda: all(self._knows(address, ids) for address in addresses), timeout_s, "find each other")

    def join(self, new: Address, known: Address, timeout_s: float) -> None:
        """Brings a server into the cluster; when it returns it can take slots."""
        self._links.call(known, "CLUSTER", "MEET", new.host, new.port, self._bus(new))
        everybody = {member.id for member in self.members(known)} | {self.identity(new)}
        self._until(lambda: self._can_take(new, everybody), timeout_s, "join the cluster")

    def replicate(self, replica: Address, primary_id: str) -> None:
        """Makes an empty server follow a primary, as soon as it knows it."""
        self._until(lambda: self._accepted(replica, "CLUSTER", "REPLICATE", primary_id), AGREE_WITHIN_S, "replicate")

    def takeover(self, replica: Address) -> None:
        """Has a replica take its dead primary's slots. The primary must have been killed before, and not forgotten."""
        self._links.call(replica, "CLUSTER", "FAILOVER", "TAKEOVER")
        self._until(
            lambda: "role:master" in self._links.text(replica, "INFO", "replication"), AGREE_WITHIN_S, "take over"
        )

    def forget(self, ids: Iterable[str], survivors: Iterable[Address]) -> None:
        """Has the survivors forget identities; theirs were slots are nobody's then. Silent ones are left out."""
        for address in survivors:
            for id_ in ids:
                with suppress(EngineError):  # it knows it no more, or does not answer
                    self._links.call(address, "CLUSTER", "FORGET", id_)

    # --- who owns what

    def slot_map(self, address: Address) -> tuple[NDArray[np.int32], list[str]]:
        """The owner of every slot as this server sees it: a place in the ids, -1 nobody."""
        owner, ids = np.full(SLOTS, -1, np.int32), list[str]()
        for member in self.members(address):
            if member.ranges:
                ids.append(member.id)
                for first, last in member.ranges:
                    owner[first : last + 1] = len(ids) - 1
        return owner, ids

    def agreed(self, addresses: Sequence[Address]) -> bool:
        """Whether all of them see the same owners."""
        try:
            return len({self._view(address) for address in addresses}) <= 1
        except EngineError:
            return False

    def reassign(
        self, dead: Sequence[str], gains: Mapping[Address, Ranges], survivors: Sequence[Address], timeout_s: float = 5.0
    ) -> None:
        """Gives slots of the dead, and of nobody, to living servers, without keys. Writes work when it returns.

        FORGET takes the slots from the dead at every survivor, ADDSLOTSRANGE gives them out, and a raised epoch each
        makes the others believe it. Frozen survivors are left out; they learn it by gossip when they thaw.
        """
        self.forget(dead, survivors)
        for address, ranges in gains.items():
            if ranges:
                self._add_slots(address, ranges)
                self._links.call(address, "CLUSTER", "BUMPEPOCH")
        awake = [address for address in survivors if self.answers(address)]
        self._until(lambda: self._believed(gains, awake), timeout_s, "agree on who owns what")

    def hand_over(self, gains: Mapping[Address, Ranges], survivors: Sequence[Address], timeout_s: float = 5.0) -> None:
        """Slots of living servers change owner at once, and their keys are dropped: nobody would find them any more."""
        ranges = [pair for pairs in gains.values() for pair in pairs]
        for address in survivors:
            self._links.call(address, "CLUSTER", "CANCELSLOTMIGRATIONS")
        for address in survivors:
            owner, ids = self.slot_map(address)
            own = self.identity(address)
            mine = owner == (ids.index(own) if own in ids else -2)
            given = list(_within(ranges, mine))
            for first, last in given:
                for slot in range(first, last + 1):
                    self._links.call(address, "CLUSTER", "FLUSHSLOT", slot)
        for address in survivors:
            for part in _parts(_taken(ranges)):
                self._tolerant(address, "CLUSTER", "DELSLOTSRANGE", *part)
        self.reassign((), gains, survivors, timeout_s)

    # --- moving

    def has_atomic(self, address: Address) -> bool:
        """Whether the engine moves slots atomically (Valkey 9)."""
        return migrations.has_atomic(self._links, address)

    def move(self, source: Address, target_id: str, ranges: Ranges) -> None:
        """Starts to move slots with their keys. Raises EngineError."""
        migrations.migrate(self._links, source, target_id, ranges)

    def moves(self, source: Address) -> list[MoveState]:
        """The migrations of a source, newest first."""
        return migrations.migrations(self._links, source)

    def cancel(self, source: Address) -> None:
        """Stops what a source is moving; nothing of it has arrived then."""
        with suppress(EngineError):
            self._links.call(source, "CLUSTER", "CANCELSLOTMIGRATIONS")

    def move_slot_classic(self, source: Address, target: Address, slot: int) -> None:
        """Moves one slot key by key. Raises EngineError."""
        migrations.move_slot_classic(self._links, source, target, slot, self._password)

    # --- helpers

    def _until(self, condition: Callable[[], bool], timeout_s: float, what: str) -> None:
        deadline = time.monotonic() + timeout_s
        while True:
            with suppress(EngineError):
                if condition():
                    return
            if time.monotonic() > deadline:
                raise EngineError(f"the servers did not {what} within {timeout_s:.0f} s")
            time.sleep(LOOK_EVERY_S)

    def _accepted(self, address: Address, *words: object) -> bool:
        self._links.call(address, *words)
        return True

    def _tolerant(self, address: Address, *words: object) -> None:
        with suppress(EngineError):
            self._links.call(address, *words)

    def _bus(self, address: Address) -> int:
        answer = self._links.call(address, "CONFIG", "GET", "cluster-port")
        return int(answer[1]) or address.port + 10_000

    def _knows(self, address: Address, ids: Mapping[str, Address]) -> bool:
        known = {member.id: member for member in self.members(address)}
        return all(
            id_ in known
            and known[id_].port == where.port
            and "handshake" not in known[id_].flags
            and "fail" not in known[id_].flags
            and "fail?" not in known[id_].flags
            for id_, where in ids.items()
        )

    def _can_take(self, address: Address, everybody: set[str]) -> bool:
        known = {member.id for member in self.members(address) if "handshake" not in member.flags}
        return len(known & everybody) == len(everybody) and self._is_ok(address)

    def _is_ok(self, address: Address) -> bool:
        return self.info(address).get("cluster_state") == "ok"

    def _add_slots(self, address: Address, ranges: Ranges) -> None:
        for part in _parts(ranges):
            try:
                self._links.call(address, "CLUSTER", "ADDSLOTSRANGE", *part)
            except EngineError:
                self._add_one_by_one(address, part)

    def _add_one_by_one(self, address: Address, part: Sequence[int]) -> None:
        """Some are taken already, as this server sees it: the others at least."""
        for first, last in zip(part[0::2], part[1::2], strict=True):
            for slot in range(first, last + 1):
                self._tolerant(address, "CLUSTER", "ADDSLOTS", slot)

    def _view(self, address: Address) -> tuple[tuple[str, tuple[tuple[int, int], ...]], ...]:
        return tuple(sorted((member.id, member.ranges) for member in self.members(address) if member.ranges))

    def _believed(self, gains: Mapping[Address, Ranges], awake: Sequence[Address]) -> bool:
        if not self.agreed(awake):
            return False
        owner, ids = self.slot_map(awake[0]) if awake else (np.full(SLOTS, -1, np.int32), [])
        for address, ranges in gains.items():
            id_ = self.identity(address)
            at = ids.index(id_) if id_ in ids else -2
            if any((owner[first : last + 1] != at).any() for first, last in ranges):
                return False
        return True


def _parts(ranges: Ranges) -> list[list[int]]:
    edges = [edge for pair in ranges for edge in pair]
    return [edges[start : start + _EDGES_AT_ONCE] for start in range(0, len(edges), _EDGES_AT_ONCE)]


def _taken(ranges: Ranges) -> Ranges:
    return sorted(ranges)


def _within(ranges: Ranges, mine: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The single slots of the ranges that are marked."""
    return [(slot, slot) for first, last in ranges for slot in range(first, last + 1) if mine[slot]]
