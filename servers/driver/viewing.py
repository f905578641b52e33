"""What servers say about their cluster, and whether they say the same."""

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

# Who answers so much later than half of the others is passed over where one must not keep the others waiting.
PATIENCE_S = 0.15


class Viewing:
    """The part that asks and changes nothing. The others build on it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def answers(self, address: Address) -> bool:
        """Whether a server answers a command and has loaded its keys. Raises no EngineError."""
        try:
            return bool(self._calls.one(address, "PING"))
        except EngineError:  # nobody is there, or it says that it is loading
            return False

    def identity(self, address: Address) -> str:
        """The id of a server, 40 hexadecimal digits: kept in its nodes.conf, whatever its port."""
        return str(self._calls.one(address, "CLUSTER", "MYID").decode())

    def process(self, address: Address) -> int:
        """The id of the process that answers at an address."""
        return int(self._calls.one(address, "INFO", "server")["process_id"])

    def outlive_full_disk(self, address: Address) -> None:
        """Has a server go on when it cannot save its view of the cluster, and say so in its log, instead of ending.

        Engines before Valkey 9.1 cannot. Raises Unreachable.
        """
        with suppress(Refusal):
            self._calls.one(address, "CONFIG", "SET", "cluster-config-save-behavior", "best-effort")

    def save_view(self, address: Address) -> None:
        """Has a server save its view of the cluster now, which it could not for a while."""
        self._calls.one(address, "CLUSTER", "SAVECONFIG")

    def members(self, address: Address, timeout_s: float | None = None) -> list[Member]:
        """All members as this one sees them, the failed and those in a handshake too."""
        reply = self._calls.one(address, "CLUSTER", "NODES", timeout_s=timeout_s)
        found = parse_members(reply.decode())
        # A server that has met nobody does not know its own host.
        return [
            replace(member, address=address) if member.myself and not member.address.host else member
            for member in found
        ]

    def itself(self, address: Address) -> Member:
        """A server as it sees itself."""
        return myself(self.members(address))

    def slot_map(self, address: Address, timeout_s: float | None = None) -> tuple[NDArray[np.int32], list[str]]:
        """Who owns each slot as this server sees it: indices into the ids, -1 nobody, shape (16384,); and the ids."""
        return owner_map(self.members(address, timeout_s))

    def each_owns(self, addresses: Sequence[Address]) -> dict[Address, tuple[SlotRange, ...]]:
        """The slots that each server calls its own. Raises Unreachable where one does not answer."""
        views = self._calls.all_of(addresses, self.itself)
        return {address: member.ranges for address, member in views.items()}

    def takes_writes(self, address: Address) -> bool:
        """Whether a server says `cluster_state:ok`; False where it does not answer."""
        try:
            return self._info(address)["cluster_state"] == "ok"
        except EngineError:
            return False

    def agreed(self, addresses: Sequence[Address], *, of_answering: bool = False) -> bool:
        """Whether all of them answer, take writes, and tell the same of who owns which slot.

        With `of_answering` it is enough that those agree that answer, of which there must be one.
        """
        asked = self._calls.everywhere(addresses, self._vote)
        votes = [one for one in asked.values() if not isinstance(one, EngineError)]
        if not votes or (len(votes) < len(asked) and not of_answering):
            return False
        return all(takes and slots == votes[0][0] for slots, takes in votes)

    def wait_agreed(self, addresses: Sequence[Address], timeout_s: float, *, of_answering: bool = False) -> None:
        """Returns once they are `agreed`. Raises NotAgreed."""
        what = f"{len(addresses)} servers do not agree on their slots"
        wait_for(lambda: self.agreed(addresses, of_answering=of_answering), timeout_s, what)

    def _vote(self, address: Address) -> tuple[dict[str, str], bool]:
        """The slots of each member that has any, in the server's own words, and whether it takes writes."""
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
        """Returns once every server that answers sees these ids own exactly these slots. Raises NotAgreed."""

        def all_see() -> bool:
            maps = [by_id(view) for view in self._views(addresses).values()]
            return bool(maps) and all(one.get(id_, ()) == ranges for one in maps for id_, ranges in wanted.items())

        wait_for(all_see, timeout_s, "servers do not see the new owners of slots")
