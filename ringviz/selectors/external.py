"""An external cluster in this project's words: what a look at it means as nodes, and what each of them stores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, NotRequired, TypedDict

from ringviz.core.buckets import BUCKETS
from ringviz.core.state import NodeState, ReplicaState, new_node
from ringviz.models import Attachment, Cluster, Node
from ringviz.selectors.door import door
from ringviz.stores import passwords
from servers.guard.door import Target
from servers.reading.connection import Login
from servers.reading.look import ClusterLook, SelfReport, SilentCluster, read_once
from servers.topology import Member

_SHORT = 8  # letters of a member's id that are its name here; more where two would have the same


class StoredReplica(TypedDict):
    """What a replica stores, and whether it answers."""

    keys: int | None
    up: bool


class Stored(TypedDict):
    """What a node stores: None is unknown. `limit` in bytes, 0 is none; `replica` the first of its replicas."""

    up: bool
    keys: int | None
    bytes: int | None
    limit: int | None
    ops: float | None
    replica: StoredReplica | None


class StoredFrame(TypedDict):
    """The frame `stored`: `nodes` by number as text, `at` in ms; `silent_since` in ms while the cluster is silent."""

    at: int
    nodes: dict[str, Stored]
    silent_since: NotRequired[int | None]


class Named(NamedTuple):
    """A primary and what it is called here."""

    member: Member
    node: NodeState


def nodes_seen(look: ClusterLook, before: Sequence[NodeState], next_number: int, since: str) -> list[NodeState]:
    """The primaries of a look as nodes, by number.

    One that was there keeps its number, its name, and, if its state is the same, its `since`. New ones are numbered
    from `next_number` in the order of their first slots.
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
    """The primaries of a look that are nodes already: a node's name is how its member's id begins."""
    by_short: dict[str, list[Member]] = {}
    for one in look.primaries:
        by_short.setdefault(one.id[:_SHORT], []).append(one)
    found = []
    # The longest name first: of two ids that begin alike, the one that was named later has the longer one.
    for node in sorted(nodes, key=lambda node: -len(node["name"])):
        alike = by_short.get(node["name"][:_SHORT], [])
        member = next((other for other in alike if other.id.startswith(node["name"])), None)
        if member is not None:
            alike.remove(member)
            found.append(Named(member, node))
    return found


def look_at(cluster: Cluster, timeout_s: float) -> ClusterLook | None:
    """What the servers of an external cluster say now, counts included; None while it is silent. Two queries."""
    attachment = Attachment.objects.get(cluster=cluster)
    login = Login(attachment.username, passwords.kept(cluster.pk))
    try:
        return read_once(
            Target(attachment.ip, attachment.port), login, door(), timeout_s, host=attachment.host, measure=True
        )
    except SilentCluster:
        return None


def stored_frame(look: ClusterLook, nodes: Iterable[NodeState], at_ms: int) -> StoredFrame:
    """What each node stores, as its server said."""
    stored = {str(node["number"]): _stored(look, member) for member, node in named(look, nodes)}
    return StoredFrame(at=at_ms, nodes=stored, silent_since=None)


def silent_frame(nodes: Iterable[NodeState], at_ms: int, since_ms: int) -> StoredFrame:
    """The cluster does not answer: nothing is known of any node."""
    unknown = Stored(up=False, keys=None, bytes=None, limit=None, ops=None, replica=None)
    return StoredFrame(at=at_ms, nodes={str(node["number"]): unknown for node in nodes}, silent_since=since_ms)


def _stored(look: ClusterLook, member: Member) -> Stored:
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
    )


def _node(look: ClusterLook, member: Member, was: NodeState, since: str) -> NodeState:
    state = _state_of(member)
    slots = sum(last - first + 1 for first, last in member.ranges)
    replicas = [ReplicaState(address=_shown(one), state=_state_of(one)) for one in look.replicas_of(member.id)]
    return {
        **was,
        "address": _shown(member),
        "state": state,
        "since": was["since"] if was["state"] == state else since,
        "tokens": len(member.ranges),
        "ownership": slots / BUCKETS if state != Node.State.DOWN else 0.0,
        "slots": [[first, last] for first, last in member.ranges],
        "replicas": sorted(replicas, key=lambda one: one["address"]),
    }


def _state_of(member: Member) -> str:
    """Suspected where some say that it failed, down where they agree."""
    if "fail" in member.flags:
        return Node.State.DOWN.value
    return Node.State.SUSPECTED.value if member.failed else Node.State.ACTIVE.value


def _shown(member: Member) -> str:
    """Its address; empty where nobody knows it."""
    return str(member.address) if member.address.host else ""


def _names(members: Iterable[Member], taken: set[str]) -> dict[str, str]:
    """The beginnings of their ids, as long as they must be for each to be told from all others."""
    names: dict[str, str] = {}
    for member in members:
        length = _SHORT
        while member.id[:length] in taken:
            length += 1
        names[member.id] = member.id[:length]
        taken.add(member.id[:length])
    return names
