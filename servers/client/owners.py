"""Which node has which slot, as the cluster itself last said."""

from __future__ import annotations

from servers.address import Address
from servers.slots import SLOTS
from servers.topology import parse_members


class SlotOwners:
    """The address of each slot's primary; None for a slot that nobody has."""

    def __init__(self) -> None:
        self.owners: list[Address | None] = [None] * SLOTS

    def move(self, slot: int, address: Address) -> None:
        """One slot has this owner: somebody was told so by MOVED."""
        self.owners[slot] = address

    def read(self, text: bytes, asked: Address) -> None:
        """Takes the whole of CLUSTER NODES as the node `asked` answered it. Raises NotTopology, and changes nothing."""
        owners: list[Address | None] = [None] * SLOTS
        for member in parse_members(text.decode("ascii", "replace")):
            if member.primary:
                address = member.address.seen_from(asked)
                for first, last in member.ranges:
                    owners[first : last + 1] = [address] * (last - first + 1)
        self.owners = owners

    def addresses(self) -> set[Address]:
        """Everybody who has a slot."""
        return {owner for owner in self.owners if owner is not None}
