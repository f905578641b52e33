"""What the servers of a managed cluster report at this moment. Frozen servers cost one deadline in all."""

from __future__ import annotations

from typing import TypedDict

from ringviz.core.buckets import bucket_of, stored_name
from ringviz.core.state import NodeState, State, stopped_s
from ringviz.models import Cluster
from ringviz.selectors.placing import members_of
from ringviz.stores import passwords
from servers.address import Address
from servers.driver.engine import Engine
from servers.driver.holding import Measured
from servers.errors import EngineError

TIMEOUT_S = 0.5


class KeyFound(TypedDict):
    """Where a key really is: its owner by the ring, whether that has it, and the nodes whose replica has it too."""

    owner: int
    found: bool
    replicas: list[int]


def measure(cluster: Cluster, state: State) -> dict[int, Measured | None]:
    """What each node with a server of ours has, by number; None for a node that does not answer."""
    if cluster.kind != Cluster.Kind.MANAGED:
        return {}
    addresses = {node["number"]: Address.parse(node["address"]) for node in members_of(state) if node["address"]}
    password = passwords.kept(cluster.pk)
    if not addresses or not password:
        return dict.fromkeys(addresses)
    engine = Engine(password)
    try:
        found = engine.measure(list(addresses.values()), TIMEOUT_S + stopped_s(state))
    finally:
        engine.close()
    return {number: found.get(address) for number, address in addresses.items()}


def has_copy(cluster: Cluster, node: NodeState) -> bool:
    """Whether a replica of a managed node has everything that its primary has; True if the primary does not say."""
    password = passwords.kept(cluster.pk)
    if not cluster.replicas or not node["address"] or not password:
        return bool(cluster.replicas)
    engine = Engine(password)
    try:
        return engine.is_followed(Address.parse(node["address"]), TIMEOUT_S + stop_of(node))
    except EngineError:
        return True
    finally:
        engine.close()


def stop_of(node: NodeState) -> float:
    """For how many seconds its server may be stopped and still answer afterwards."""
    return node["pulse"]["for_ms"] / 1_000 if "pulse" in node else 0.0


def find_stored(cluster: Cluster, state: State, key: bytes, hash_: int, owner: int) -> KeyFound | None:
    """Whether the server that should have a key has it; None if it could not be asked."""
    node = next((node for node in members_of(state) if node["number"] == owner), None)
    password = passwords.kept(cluster.pk)
    if cluster.kind != Cluster.Kind.MANAGED or node is None or not node["address"] or not password:
        return None
    engine, name = Engine(password, TIMEOUT_S + stop_of(node)), stored_name(key, bucket_of(hash_))
    try:
        address = Address.parse(node["address"])
        found = engine.has(address, name)
        if found is None:
            return None
        copies = [one for one in engine.members(address) if one.primary_id == engine.identity(address)]
        return KeyFound(owner=owner, found=found, replicas=[owner] * len(copies))
    except EngineError:
        return None
    finally:
        engine.close()
