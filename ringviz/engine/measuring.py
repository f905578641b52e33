"""What servers hold and do at this moment: one pipeline each, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ringviz.core.topology import Address
from ringviz.engine.calls import Calls
from ringviz.engine.errors import EngineError


@dataclass(frozen=True, slots=True)
class Measured:
    """`keys` it owns (what it is importing does not count yet), `bytes` it uses of its `limit` (0 none).

    `data` are the bytes of its keys alone, `ops` commands a second (the engine's own average over 1.6 s), `link_up`
    whether a replica is in touch with its primary, True for a primary.
    """

    keys: int
    bytes: int
    limit: int
    ops: float
    role: Literal["primary", "replica"]
    link_up: bool
    data: int


def measure(calls: Calls, addresses: Iterable[Address], timeout_s: float | None) -> dict[Address, Measured | None]:
    """See Engine.measure."""
    found = calls.everywhere(addresses, lambda address: _measured(calls, address, timeout_s))
    return {address: None if isinstance(one, EngineError) else one for address, one in found.items()}


def _measured(calls: Calls, address: Address, timeout_s: float | None) -> Measured:
    keys, info = calls.many(address, [("DBSIZE",), ("INFO", "memory", "stats", "replication")], timeout_s)
    for reply in (keys, info):
        if isinstance(reply, EngineError):  # it is loading
            raise reply
    replica = info["role"] != "master"
    return Measured(
        keys=int(keys),
        bytes=int(info["used_memory"]),
        limit=int(info["maxmemory"]),
        ops=float(info["instantaneous_ops_per_sec"]),
        role="replica" if replica else "primary",
        link_up=not replica or info["master_link_status"] == "up",
        data=int(info["used_memory_dataset"]),
    )
