"""Which node has which slot, as the cluster last reported."""

from __future__ import annotations

from servers.address import Address
from servers.slots import SLOTS
from servers.topology import parse_members


class SlotOwners:
    """The address of each slot's primary; None for a slot without an owner."""

    def __init__(self) -> None:
        self.owners: list[Address | None] = [None] * SLOTS

    def move(self, slot: int, address: Address) -> None:
        """A slot has this owner, according to a MOVED."""
        self.owners[slot] = address

    def read(self, text: bytes, asked: Address) -> None:
        """Reads all of CLUSTER NODES as the node `asked` answered it. On NotTopology nothing changes."""
        owners: list[Address | None] = [None] * SLOTS
        for member in parse_members(text.decode("ascii", "replace")):
            if member.primary:
                address = member.address.seen_from(asked)
                for first, last in member.ranges:
                    owners[first : last + 1] = [address] * (last - first + 1)
        self.owners = owners

    def addresses(self) -> set[Address]:
        """All nodes that have slots."""
        return {owner for owner in self.owners if owner is not None}
