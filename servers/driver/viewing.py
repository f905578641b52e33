"""How servers see their cluster, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from servers.address import Address
from servers.driver.calls import Calls, wait_for
from servers.errors import EngineError, Refusal
from servers.slots import SlotRange
from servers.topology import Member, by_id, myself, owned_words, owner_map, parse_members

# A server that answers this much later than half of the others is skipped when others must not wait.
PATIENCE_S = 0.15


class Viewing:
    """The part that asks and changes nothing. The others build on it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def answers(self, address: Address) -> bool:
        """Whether a server answers a command and has loaded its keys. Raises no EngineError."""
        try:
            return bool(self._calls.one(address, "PING"))
        except EngineError:  # nobody listens, or it is still loading
            return False

    def identity(self, address: Address) -> str:
        """The node ID of a server, 40 hexadecimal digits: stored in its nodes.conf, independent of its port."""
        return str(self._calls.one(address, "CLUSTER", "MYID").decode())

    def process(self, address: Address) -> int:
        """The ID of the process that answers at an address."""
        return int(self._calls.one(address, "INFO", "server")["process_id"])

    def outlive_full_disk(self, address: Address) -> None:
        """Lets a server continue, and log it, when it cannot save its view of the cluster, instead of exiting.

        Not supported by engines before Valkey 9.1. Raises Unreachable.
        """
        with suppress(Refusal):
            self._calls.one(address, "CONFIG", "SET", "cluster-config-save-behavior", "best-effort")

    def save_view(self, address: Address) -> None:
        """Makes a server save its view of the cluster now, after a time when it could not."""
        self._calls.one(address, "CLUSTER", "SAVECONFIG")

    def members(self, address: Address, timeout_s: float | None = None) -> list[Member]:
        """All members as this server sees them, including failed ones and those in a handshake."""
        reply = self._calls.one(address, "CLUSTER", "NODES", timeout_s=timeout_s)
        found = parse_members(reply.decode())
        # A server that has met nobody does not know its own host.
        return [
            replace(member, address=address) if member.myself and not member.address.host else member
            for member in found
        ]

    def itself(self, address: Address) -> Member:
        """A server's view of itself."""
        return myself(self.members(address))

    def slot_map(self, address: Address, timeout_s: float | None = None) -> tuple[NDArray[np.int32], list[str]]:
        """Each slot's owner as this server sees it: indices into the IDs, -1 for none, shape (16384,); and the IDs."""
        return owner_map(self.members(address, timeout_s))

    def each_owns(self, addresses: Sequence[Address]) -> dict[Address, tuple[SlotRange, ...]]:
        """The slots that each server considers its own. Raises Unreachable if one does not answer."""
        views = self._calls.all_of(addresses, self.itself)
        return {address: member.ranges for address, member in views.items()}

    def takes_writes(self, address: Address) -> bool:
        """Whether a server says `cluster_state:ok`; False if it does not answer."""
        try:
            return self._info(address)["cluster_state"] == "ok"
        except EngineError:
            return False

    def agreed(self, addresses: Sequence[Address], *, of_answering: bool = False) -> bool:
        """Whether all of them answer, accept writes, and agree who owns which slot.

        With `of_answering` it is enough that the servers that answer agree; there must be at least one.
        """
        asked = self._calls.everywhere(addresses, self._vote)
        votes = [one for one in asked.values() if not isinstance(one, EngineError)]
        if not votes or (len(votes) < len(asked) and not of_answering):
            return False
        return all(takes and slots == votes[0][0] for slots, takes in votes)

    def wait_agreed(self, addresses: Sequence[Address], timeout_s: float, *, of_answering: bool = False) -> None:
        """Waits until they are `agreed`. Raises NotAgreed."""
        what = f"{len(addresses)} servers did not agree on their slots"
        wait_for(lambda: self.agreed(addresses, of_answering=of_answering), timeout_s, what)

    def _vote(self, address: Address) -> tuple[dict[str, str], bool]:
        """The slots of each member that has any, as the server reports them, and whether it accepts writes."""
        nodes, info = self._calls.every(address, [("CLUSTER", "NODES"), ("CLUSTER", "INFO")])
        return owned_words(nodes.decode()), b"cluster_state:ok" in info

    def _info(self, address: Address) -> dict[str, str]:
        """CLUSTER INFO as names and values."""
        lines = self._calls.one(address, "CLUSTER", "INFO").decode().split()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def _views(self, addresses: Iterable[Address], patience_s: float | None = None) -> dict[Address, list[Member]]:
        """The view of each server that answers."""
        asked = self._calls.everywhere(addresses, self.members, patience_s)
        return {address: view for address, view in asked.items() if not isinstance(view, EngineError)}

    def _wait_seen(
        self, addresses: Sequence[Address], wanted: dict[str, tuple[SlotRange, ...]], timeout_s: float
    ) -> None:
        """Waits until every server that answers sees these IDs own exactly these slots. Raises NotAgreed."""

        def all_see() -> bool:
            maps = [by_id(view) for view in self._views(addresses).values()]
            return bool(maps) and all(one.get(id_, ()) == ranges for one in maps for id_, ranges in wanted.items())

        wait_for(all_see, timeout_s, "servers did not see the new owners of slots")
