"""What servers hold: counted, looked up, added to and emptied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from servers.address import Address
from servers.driver.copying import LINK_SECTIONS, Link, link_of
from servers.driver.viewing import Viewing
from servers.errors import EngineError


@dataclass(frozen=True, slots=True)
class Measured:
    """`keys` it owns (what it is importing does not count yet), `bytes` it uses of its `limit` (0 none).

    `data` are the bytes of its keys alone, `ops` commands a second (the engine's own average over 1.6 s), `link` is
    what it says about the copy that it keeps of another one.
    """

    keys: int
    bytes: int
    limit: int
    ops: float
    data: int
    link: Link


class Holding(Viewing):
    """The part that deals with keys where they are."""

    def measure(self, addresses: Iterable[Address], timeout_s: float | None = None) -> dict[Address, Measured | None]:
        """What each holds and does, None for one that does not answer; a frozen one costs one timeout, all the same."""
        found = self._calls.everywhere(addresses, lambda address: self._measured(address, timeout_s))
        return {address: None if isinstance(one, EngineError) else one for address, one in found.items()}

    def has(self, address: Address, name: bytes, timeout_s: float | None = None) -> bool | None:
        """Whether a server stores a key of this name; None when it does not say, or when the slot is another's."""
        try:
            return bool(self._calls.one(address, "EXISTS", name, timeout_s=timeout_s))
        except EngineError:
            return None

    def store_missing(self, address: Address, values: Mapping[bytes, bytes], timeout_s: float) -> None:
        """Stores these keys at the owner of their slots, except those that it has already."""
        self._calls.every(address, [("SET", name, value, "NX") for name, value in values.items()], timeout_s)

    def count_in_slots(self, address: Address, slots: Sequence[int], timeout_s: float | None = None) -> list[int]:
        """How many keys a server stores in each of these slots. 16,384 slots: about 0.2 s, most of it ours."""
        return list(self._calls.every(address, [("CLUSTER", "COUNTKEYSINSLOT", slot) for slot in slots], timeout_s))

    def flush(self, address: Address, timeout_s: float = 30.0) -> None:
        """Deletes every key of a server; their memory is given back in the background."""
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
