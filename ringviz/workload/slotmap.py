"""Which node has which slot, as the cluster itself last said."""

from __future__ import annotations

from ringviz.core.buckets import BUCKETS
from ringviz.workload.line import Address


class SlotMap:
    """The address of each slot's primary; None for a slot that nobody has."""

    def __init__(self) -> None:
        self.owners: list[Address | None] = [None] * BUCKETS

    def move(self, slot: int, address: Address) -> None:
        """One slot has this owner: somebody was told so by MOVED."""
        self.owners[slot] = address

    def read(self, text: bytes, asked: Address) -> None:
        """Takes the whole of CLUSTER NODES as the node `asked` answered it."""
        owners: list[Address | None] = [None] * BUCKETS
        for line in text.decode("ascii", "replace").splitlines():
            fields = line.split()
            if len(fields) < 8 or "master" not in fields[2].split(","):
                continue
            address = parse_address(fields[1], asked)
            for ranges in fields[8:]:
                if not ranges.startswith("["):  # a slot on its way
                    first, _, last = ranges.partition("-")
                    for slot in range(int(first), int(last or first) + 1):
                        owners[slot] = address
        self.owners = owners

    def addresses(self) -> set[Address]:
        """Everybody who has a slot."""
        return {owner for owner in self.owners if owner is not None}


def parse_address(text: str, asked: Address) -> Address:
    """`host:port`, with what CLUSTER NODES puts behind it; a host that is not said is that of the node `asked`.

    Raises ValueError without a port.
    """
    host, _, port = text.partition(",")[0].partition("@")[0].rpartition(":")
    return host or asked[0], int(port)
