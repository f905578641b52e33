"""The state of a cluster's proxy, by the names of the cluster's nodes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from balancer.driving.fronting import folder_of
from balancer.proxy.algorithms import ALGORITHMS
from balancer.proxy.config import NODES, slot_name, slot_of
from balancer.proxy.errors import NotRunning
from balancer.proxy.process import address_in, runtime_in
from balancer.proxy.reading import Figures, Server
from balancer.proxy.runtime import Runtime
from ringviz.core.state import NodeState
from ringviz.selectors.clusters import Known
from servers.address import Address


@dataclass(frozen=True, slots=True)
class Fronted:
    """A node behind the proxy, in slot `slot`.

    `status` and `check` are HAProxy's words (`UP`, `L7OK`), and `why` is the result of its last check. `weight` and
    `given` (connections so far) are those under the current algorithm. `open` counts current connections under any
    algorithm, and `failed` those that could not be made.
    """

    slot: int
    status: str
    check: str
    why: str
    weight: int
    open: int
    given: int
    total: int
    failed: int


@dataclass(frozen=True, slots=True)
class Front:
    """A running proxy: its address, its algorithm, and each node by name (None if the proxy does not have it)."""

    address: Address
    algorithm: str
    nodes: dict[str, Fronted | None]


def front_of(known: Known) -> Front | None:
    """Reads the current proxy of a cluster with three queries. None if none responds. Must not run inside an event
    loop.
    """
    folder = folder_of(known.cluster)
    address = address_in(folder)
    if address is None:
        return None
    try:
        return asyncio.run(_front(runtime_in(folder), address, known.state["nodes"]))
    except NotRunning:
        return None


async def slots_of(runtime: Runtime, nodes: Iterable[NodeState]) -> dict[str, int]:
    """The slot of each node in the proxy. A slot belongs to a node as long as it has the node's address."""
    return _slots(await runtime.servers(), nodes)


async def _front(runtime: Runtime, address: Address, nodes: list[NodeState]) -> Front:
    algorithm, figures = await runtime.algorithm(), await runtime.figures()
    slots = await slots_of(runtime, nodes)
    rows = {(one.backend, one.name): one for one in figures}
    found = {node["name"]: slots.get(node["name"]) for node in nodes}
    return Front(
        address=address,
        algorithm=algorithm,
        nodes={name: None if slot is None else _fronted(slot, algorithm, rows) for name, slot in found.items()},
    )


def _slots(servers: Iterable[Server], nodes: Iterable[NodeState]) -> dict[str, int]:
    slots = {one.address: slot_of(one.name) for one in servers if one.backend == NODES}
    places = {node["name"]: Address.parse(node["address"]) for node in nodes if node["address"]}
    return {name: slots[place] for name, place in places.items() if place in slots}


def _fronted(slot: int, algorithm: str, rows: dict[tuple[str, str], Figures]) -> Fronted:
    name = slot_name(slot)
    checked, now = rows[NODES, name], rows[algorithm, name]
    under = [rows[backend, name] for backend in ALGORITHMS]
    return Fronted(
        slot=slot,
        status=checked.status,
        check=checked.check,
        why=checked.why,
        weight=now.weight,
        open=sum(one.sessions for one in under),
        given=now.total,
        total=sum(one.total for one in under),
        failed=sum(one.failed for one in under),
    )
