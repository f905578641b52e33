"""The events of a cluster: one dataclass a kind, each carrying the absolute state of what changed.

Node numbers stand for nodes; 0 is nobody. `movement` is None where nothing can move. `undoes` is the version that an
undo takes back.
"""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

from live.kinds import declare
from ringviz.core.state import ClusterState, KeysState, NodeState


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


@dataclass(frozen=True)
class NodeEvent:
    """What all events about one node carry."""

    node: NodeState
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None


@declare("node_added")
@dataclass(frozen=True)
class NodeAdded(NodeEvent):
    """A new member took its token ranges."""


@declare("node_killed")
@dataclass(frozen=True)
class NodeKilled(NodeEvent):
    """A member went down; its token ranges went to the next tokens."""


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


@declare("node_removed")
@dataclass(frozen=True)
class NodeRemoved:
    """A member is no more. Its number is not given to another."""

    number: int
    name: str
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None


@declare("cluster_reconfigured")
@dataclass(frozen=True)
class ClusterReconfigured:
    """Another strategy, number of virtual nodes or of copies."""

    cluster: ClusterState
    before: Settings
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None


@declare("keys_imported")
@dataclass(frozen=True)
class KeysImported:
    """The cluster is watched with another key set. No key moves: they are other keys."""

    keys: KeysState
    before: KeysState
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None


Payload = (
    ClusterCreated
    | NodeAdded
    | NodeKilled
    | NodeRevived
    | NodeDrained
    | NodeReweighted
    | NodeEdited
    | NodeRemoved
    | ClusterReconfigured
    | KeysImported
)
