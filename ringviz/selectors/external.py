"""An external cluster in this project's terms: the nodes in a look at it, and what each of them stores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, NotRequired, TypedDict

from ringviz.core.buckets import BUCKETS
from ringviz.core.state import NodeState, ReplicaState, new_node
from ringviz.models import Attachment, Cluster, Node
from ringviz.selectors.door import addresses_in, door
from ringviz.stores import passwords
from servers.guard.door import Door, Target
from servers.reading.agreeing import Dissent
from servers.reading.connection import Login
from servers.reading.figures import SelfReport
from servers.reading.look import ClusterLook, Reader, SilentCluster, look_once
from servers.topology import Member

_MOST_OPEN = 100  # open slots per node in a frame
_SHORT = 8  # letters of a member's ID that are its name here; more if two would be equal


class StoredReplica(TypedDict):
    """What a replica stores, and whether it answers. The rest is known of managed clusters only.

    `state`: "online" if it receives writes as they come, "copying", or "apart" if its primary does not know it.
    `behind` is how many bytes of writes it has not acknowledged, `silent_s` how long ago it last acknowledged any, in
    seconds. None is unknown.
    """

    keys: int | None
    up: bool
    address: NotRequired[str]
    state: NotRequired[str | None]
    behind: NotRequired[int | None]
    silent_s: NotRequired[int | None]


class OpenSlot(TypedDict):
    """A slot in the middle of a manual move: its keys may be at either node. `leaving`: it goes to `peer`, otherwise it
    comes from there; `peer` is a node's name, or the beginning of its ID.
    """

    slot: int
    leaving: bool
    peer: str


class Stored(TypedDict):
    """What a node stores; None is unknown. `limit` in bytes, 0 for none; `replica` is the first of its replicas.

    `open` are its open slots, the first 100; `unaware`: its server does not know its own address; `shared`: others
    announce the same address, so it is not asked.
    """

    open: NotRequired[list[OpenSlot]]
    unaware: NotRequired[bool]
    shared: NotRequired[bool]
    up: bool
    keys: int | None
    bytes: int | None
    limit: int | None
    ops: float | None
    replica: StoredReplica | None


class Disagreeing(TypedDict):
    """A member that answers but leaves out others: the members it lists, and the slots that have an owner there."""

    address: str
    members: int
    slots: int


class StoredFrame(TypedDict):
    """The frame `stored`: `nodes` by number as text, `at` in ms; `silent_since` in ms while the cluster is silent.

    `lacks` are commands that the user may not run.
    """

    at: int
    nodes: dict[str, Stored]
    silent_since: NotRequired[int | None]
    disagreeing: NotRequired[list[Disagreeing]]
    lacks: NotRequired[list[str]]


class Named(NamedTuple):
    """A primary and its name here."""

    member: Member
    node: NodeState


def nodes_seen(look: ClusterLook, before: Sequence[NodeState], next_number: int, since: str) -> list[NodeState]:
    """The primaries of a look as nodes, by number.

    An existing node keeps its number, its name, and, if its state is the same, its `since`. New ones are numbered from
    `next_number` in the order of their first slots.
    """
    known = {member.id: node for member, node in named(look, before)}
    fresh = [member for member in look.primaries if member.id not in known]
    names = _names(fresh, {node["name"] for node in known.values()})
    nodes = [_node(look, member, known[member.id], since) for member in look.primaries if member.id in known]
    for number, member in enumerate(
        sorted(fresh, key=lambda one: (one.ranges or ((BUCKETS, 0),), one.id)), next_number
    ):
        nodes.append(_node(look, member, new_node(number=number, name=names[member.id], since=since), since))
    return sorted(nodes, key=lambda node: node["number"])


def named(look: ClusterLook, nodes: Iterable[NodeState]) -> list[Named]:
    """The primaries of a look that are nodes already: a node's name is the beginning of its member's ID."""
    by_short: dict[str, list[Member]] = {}
    for one in look.primaries:
        by_short.setdefault(one.id[:_SHORT], []).append(one)
    found = []
    # The longest name first: if two IDs begin alike, the one that was named later has the longer name.
    for node in sorted(nodes, key=lambda node: -len(node["name"])):
        alike = by_short.get(node["name"][:_SHORT], [])
        member = next((other for other in alike if other.id.startswith(node["name"])), None)
        if member is not None:
            alike.remove(member)
            found.append(Named(member, node))
    return found


def reader_of(attachment: Attachment, here: Door) -> Reader:
    """A reader that remembers the members which were seen last, by the names and addresses of the nodes."""
    nodes = list(attachment.cluster.nodes.values_list("name", "address"))
    replicas = [one["address"] for had in (attachment.cluster.slot_map or {}).values() for one in had["replicas"]]
    addresses = addresses_in([*(address for _name, address in nodes), *replicas])
    return Reader(
        Target(attachment.ip, attachment.port),
        Login(attachment.username, passwords.kept(attachment.cluster_id)),
        host=attachment.host,
        others=[target for address in addresses if (target := here.announced(address)) is not None],
        known=[name for name, _address in nodes],
    )


def look_at(cluster: Cluster, timeout_s: float) -> ClusterLook:
    """What the servers of an external cluster report now, including counts. Raises SilentCluster."""
    here = door()
    reader = reader_of(Attachment.objects.select_related("cluster").get(cluster=cluster), here)
    return look_once(reader, here, timeout_s, measure=True)


def silent_since(cluster: Cluster) -> datetime | None:
    """Since when the supervisor has heard nothing of an external cluster; None if it has, or if none looks."""
    return Attachment.objects.values_list("silent_since", flat=True).get(cluster=cluster)


def stored_frame(look: ClusterLook, nodes: Iterable[NodeState], at_ms: int) -> StoredFrame:
    """What each node stores, as its server reports."""
    found = named(look, nodes)
    names = {member.id: node["name"] for member, node in found}
    stored = {str(node["number"]): _stored(look, member, names) for member, node in found}
    return StoredFrame(
        at=at_ms,
        nodes=stored,
        silent_since=None,
        disagreeing=disagreeing(look.dissents),
        lacks=sorted(look.lacks),
    )


def silent_frame(nodes: Iterable[NodeState], at_ms: int, since_ms: int, silence: SilentCluster) -> StoredFrame:
    """The cluster does not answer, or no member is believed: nothing is known about any node."""
    unknown = Stored(up=False, keys=None, bytes=None, limit=None, ops=None, replica=None)
    return StoredFrame(
        at=at_ms,
        nodes={str(node["number"]): unknown for node in nodes},
        silent_since=since_ms,
        disagreeing=disagreeing(silence.dissents),
        lacks=sorted(silence.lacks),
    )


def disagreeing(dissents: Iterable[Dissent]) -> list[Disagreeing]:
    """The members that are not believed, as pages and `ring status` show them."""
    return [Disagreeing(address=str(one.target), members=one.members, slots=one.slots) for one in dissents]


def _stored(look: ClusterLook, member: Member, names: Mapping[str, str]) -> Stored:
    one = look.measured.get(member.id)
    replicas = look.replicas_of(member.id)
    mirrored = look.measured.get(replicas[0].id) if replicas else None
    values = one or SelfReport()
    return Stored(
        up=one is not None,
        keys=values.keys,
        bytes=values.bytes,
        limit=values.limit,
        ops=None,
        replica=StoredReplica(keys=(mirrored or SelfReport()).keys, up=mirrored is not None) if replicas else None,
        open=[
            OpenSlot(slot=mark.slot, leaving=mark.leaving, peer=names.get(mark.peer, mark.peer[:_SHORT]))
            for mark in look.marks_of(member)[:_MOST_OPEN]
        ],
        unaware=member.id in look.unaware,
        shared=member.id in look.shared,
    )


def _node(look: ClusterLook, member: Member, was: NodeState, since: str) -> NodeState:
    state = _state_of(member)
    replicas = [_replica(one) for one in look.replicas_of(member.id)]
    node: NodeState = {
        **was,
        "address": _shown(member),
        "state": state,
        "since": was["since"] if was["state"] == state else since,
        "tokens": len(member.ranges),
        "ownership": _slot_count(member) / BUCKETS if state != Node.State.DOWN else 0.0,
        "slots": [[first, last] for first, last in member.ranges],
        "replicas": sorted(replicas, key=lambda one: one["address"]),
    }
    node.pop("hostname", None)
    if member.hostname:
        node["hostname"] = member.hostname
    return node


def _replica(member: Member) -> ReplicaState:
    found = ReplicaState(address=_shown(member), state=_state_of(member))
    if member.ranges:
        found["slots"] = _slot_count(member)
    if member.hostname:
        found["hostname"] = member.hostname
    return found


def _slot_count(member: Member) -> int:
    return sum(last - first + 1 for first, last in member.ranges)


def _state_of(member: Member) -> str:
    """Suspected if some say that it failed, down if they agree or nobody knows its address."""
    if "fail" in member.flags or not member.reachable:
        return Node.State.DOWN.value
    return Node.State.SUSPECTED.value if member.failed else Node.State.ACTIVE.value


def _shown(member: Member) -> str:
    """Its address; empty if nobody knows it."""
    return str(member.address) if member.address.host else ""


def _names(members: Iterable[Member], taken: set[str]) -> dict[str, str]:
    """The beginnings of their IDs, as long as needed to tell each from all others."""
    names: dict[str, str] = {}
    for member in members:
        length = _SHORT
        while member.id[:length] in taken:
            length += 1
        names[member.id] = member.id[:length]
        taken.add(member.id[:length])
    return names
