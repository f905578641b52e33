"""The contents of servers: counted, looked up, added to and emptied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from servers.address import Address
from servers.driver.copying import LINK_SECTIONS, Link, link_of
from servers.driver.viewing import Viewing
from servers.errors import EngineError


@dataclass(frozen=True, slots=True)
class Measured:
    """`keys` that it owns (keys it is importing do not count yet), `bytes` used of its `limit` (0 for none).

    `data` are the bytes of its keys alone, `ops` commands per second (the engine's own average over 1.6 s), `link` is
    what it reports about its copy of a primary.
    """

    keys: int
    bytes: int
    limit: int
    ops: float
    data: int
    link: Link


class Holding(Viewing):
    """The part that deals with keys in place."""

    def measure(self, addresses: Iterable[Address], timeout_s: float | None = None) -> dict[Address, Measured | None]:
        """What each server holds and does, None for one that does not answer.

        Frozen servers cost one timeout in all.
        """
        found = self._calls.everywhere(addresses, lambda address: self._measured(address, timeout_s))
        return {address: None if isinstance(one, EngineError) else one for address, one in found.items()}

    def has(self, address: Address, name: bytes, timeout_s: float | None = None) -> bool | None:
        """Whether a server stores a key of this name; None if it does not say, or if another server owns the slot."""
        try:
            return bool(self._calls.one(address, "EXISTS", name, timeout_s=timeout_s))
        except EngineError:
            return None

    def store_missing(self, address: Address, values: Mapping[bytes, bytes], timeout_s: float) -> None:
        """Stores these keys at the owners of their slots, except keys that are there already."""
        self._calls.every(address, [("SET", name, value, "NX") for name, value in values.items()], timeout_s)

    def count_in_slots(self, address: Address, slots: Sequence[int], timeout_s: float | None = None) -> list[int]:
        """How many keys a server stores in each of these slots. About 0.2 s for 16,384 slots, most of it ours."""
        return list(self._calls.every(address, [("CLUSTER", "COUNTKEYSINSLOT", slot) for slot in slots], timeout_s))

    def flush(self, address: Address, timeout_s: float = 30.0) -> None:
        """Deletes every key of a server; memory is freed in the background."""
        self._calls.one(address, "FLUSHALL", "ASYNC", timeout_s=timeout_s)

    def _measured(self, address: Address, timeout_s: float | None) -> Measured:
        keys, info = self._calls.every(address, [("DBSIZE",), ("INFO", "memory", "stats", *LINK_SECTIONS)], timeout_s)
        return Measured(
            keys=int(keys),
            bytes=int(info["used_memory"]),
            limit=int(info["maxmemory"]),
            ops=float(info["instantaneous_ops_per_sec"]),
            data=int(info["used_memory_dataset"]),
            link=link_of(info),
        )
