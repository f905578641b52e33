"""The events of a cluster: one dataclass a kind, each carrying the absolute state of what changed.

Node numbers stand for nodes; 0 is nobody. `movement` is None where nothing can move. `undoes` is the version that an
undo takes back. `work` is the intent that an event ends, 0 for none: on a managed cluster what was asked is one event
(`work_asked`) and what came of it another.
"""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

from live.kinds import declare
from ringviz.core.state import ClusterState, KeysState, NodeState, Work, Workload


class Moved(TypedDict):
    """A number of keys."""

    moved: int


class Copies(TypedDict):
    """All copies that are stored after the change, and those that a node receives by it."""

    total: int
    moved: int


class MovementSummary(TypedDict):
    """What changed owner. `pairs` are [from, to, keys], most keys first; `ranges` is base64 of little-endian Uint32
    [start, end, from, to] a range, None where there are too many or the strategy has none.
    """

    keys: int
    moved: int
    needless: int
    modulo: Moved
    copies: Copies
    pairs: list[list[int]]
    pairs_left_off: int
    ranges: str | None


class Figures(TypedDict):
    """What a node has after the change, of what changed."""

    number: int
    keys: int
    ownership: float
    tokens: NotRequired[int]
    lost: NotRequired[int]


class Loss(TypedDict):
    """What died with a server and was not kept by a replica. `bytes` is 0 where it was not measured."""

    keys: int
    bytes: int


class Settings(TypedDict):
    """What a reconfiguration changes."""

    strategy: str
    vnodes: int
    copies: int


@declare("cluster_created")
@dataclass(frozen=True)
class ClusterCreated:
    """The first event of a stream."""

    cluster: ClusterState
    keys: KeysState
    nodes: list[NodeState]
    work: list[Work]
    unfilled: list[list[int]]
    workload: Workload | None


@declare("cluster_formed")
@dataclass(frozen=True)
class ClusterFormed:
    """The servers of a managed cluster have found each other; every bucket has its owner, and no key is stored yet."""

    nodes: list[NodeState]
    unfilled: list[list[int]]
    work: int = 0


@declare("work_asked")
@dataclass(frozen=True)
class WorkAsked:
    """An intent waits for the supervisor. `node` is one that is about to join."""

    asked: Work
    node: NodeState | None = None


@declare("work_cancelling")
@dataclass(frozen=True)
class WorkCancelling:
    """An intent is to be given up; what it has moved goes back."""

    asked: Work


@declare("work_ended")
@dataclass(frozen=True)
class WorkEnded:
    """An intent came to nothing: `outcome` is failed or cancelled. `node` is as it was, or `gone` (its number)."""

    work: int
    asked: Work
    outcome: str
    why: str
    node: NodeState | None = None
    gone: int = 0


@declare("workload_set")
@dataclass(frozen=True)
class WorkloadSet:
    """The clients of a managed cluster were started, stopped or set."""

    workload: Workload
    before: Workload | None
    undoes: int | None = None


@declare("keys_refilled")
@dataclass(frozen=True)
class KeysRefilled:
    """What was lost is stored again, from the key set: `keys` of them, written in `ms` milliseconds."""

    keys: int
    ms: int
    unfilled: list[list[int]]
    changed: list[Figures]


@declare("keys_lost")
@dataclass(frozen=True)
class KeysLost:
    """Buckets were found without what they stored, though no node of the ring died: `keys` to be stored again."""

    keys: int
    unfilled: list[list[int]]
    changed: list[Figures]


@dataclass(frozen=True)
class NodeEvent:
    """What all events about one node carry."""

    node: NodeState
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None
    work: int = 0


@declare("node_added")
@dataclass(frozen=True)
class NodeAdded(NodeEvent):
    """A new member took its token ranges."""


@declare("node_killed")
@dataclass(frozen=True)
class NodeKilled(NodeEvent):
    """A member went down; its token ranges went to the next tokens. With `loss` no key went along.

    `cause` is asked, exit or silent; empty on a simulated cluster.
    """

    cause: str = ""
    loss: Loss | None = None
    unfilled: list[list[int]] | None = None


@declare("node_revived")
@dataclass(frozen=True)
class NodeRevived(NodeEvent):
    """A member that was down or draining took its token ranges back."""


@declare("node_drained")
@dataclass(frozen=True)
class NodeDrained(NodeEvent):
    """A member gave its keys away; it may be removed."""


@declare("node_reweighted")
@dataclass(frozen=True)
class NodeReweighted(NodeEvent):
    """A member's share relative to the others changed."""


@declare("node_edited")
@dataclass(frozen=True)
class NodeEdited(NodeEvent):
    """A member's address or zone changed; nothing moves."""


@declare("node_suspected")
@dataclass(frozen=True)
class NodeSuspected(NodeEvent):
    """A server missed a ping; another miss in a row is a verdict."""


@declare("node_cleared")
@dataclass(frozen=True)
class NodeCleared(NodeEvent):
    """A suspected server answers again."""


@declare("node_frozen")
@dataclass(frozen=True)
class NodeFrozen(NodeEvent):
    """A server was stopped (SIGSTOP): it answers nobody and loses nothing."""


@declare("node_thawed")
@dataclass(frozen=True)
class NodeThawed(NodeEvent):
    """A frozen server goes on, with its keys: no verdict had been spoken."""


@declare("node_restarted")
@dataclass(frozen=True)
class NodeRestarted(NodeEvent):
    """A server ended and was started again from its directory, with its keys."""


@declare("node_failed_over")
@dataclass(frozen=True)
class NodeFailedOver(NodeEvent):
    """The replica took a dead server's place, with its tokens. What was not confirmed by it may be lost."""

    cause: str = ""


@declare("node_removed")
@dataclass(frozen=True)
class NodeRemoved:
    """A member is no more. Its number is not given to another."""

    number: int
    name: str
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None
    work: int = 0


@declare("cluster_reconfigured")
@dataclass(frozen=True)
class ClusterReconfigured:
    """Another strategy, number of virtual nodes or of copies."""

    cluster: ClusterState
    before: Settings
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None
    work: int = 0


@declare("keys_imported")
@dataclass(frozen=True)
class KeysImported:
    """The cluster is watched with another key set. No key moves: they are other keys."""

    keys: KeysState
    before: KeysState
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None
    work: int = 0
    unfilled: list[list[int]] | None = None


@declare("external_seen")
@dataclass(frozen=True)
class ExternalSeen:
    """A cluster of somebody else is another than it was: all of its nodes, as one of its members tells them."""

    nodes: list[NodeState]


Payload = (
    ClusterCreated
    | ClusterFormed
    | WorkAsked
    | WorkCancelling
    | WorkEnded
    | WorkloadSet
    | KeysRefilled
    | KeysLost
    | NodeEvent
    | NodeRemoved
    | ClusterReconfigured
    | KeysImported
    | ExternalSeen
)
