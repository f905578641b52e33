"""The events of a cluster. Each file declares its kinds completely: payload, fold, text and name in filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ringviz.core.state import State

# The timeline's filter offers the kinds in this order.
# isort: off
from ringviz.events.nodes import (
    NodeAdded,
    NodeCleared,
    NodeDrained,
    NodeEdited,
    NodeEvent,
    NodeFailedOver,
    NodeFrozen,
    NodeKilled,
    NodePulsed,
    NodeRemoved,
    NodeRestarted,
    NodeRevived,
    NodeReweighted,
    NodeSuspected,
    NodeThawed,
)
from ringviz.events.work import VerdictDelaySet, WorkAsked, WorkCancelling, WorkEnded, WorkloadSet, work_words
from ringviz.events.keys import KeysImported, KeysLost, KeysRefilled
from ringviz.events.clusters import ClusterCreated, ClusterFormed, ClusterReconfigured, ExternalMoved, ExternalSeen

# isort: on
from ringviz.events.shapes import ByModulo, Copies, Figures, Loss, MovementSummary, Settings
from ringviz.events.subject import ring, shows

__all__ = [
    "ByModulo",
    "ClusterCreated",
    "ClusterFormed",
    "ClusterReconfigured",
    "Copies",
    "ExternalMoved",
    "ExternalSeen",
    "Figures",
    "KeysImported",
    "KeysLost",
    "KeysRefilled",
    "Loss",
    "MovementSummary",
    "NodeAdded",
    "NodeCleared",
    "NodeDrained",
    "NodeEdited",
    "NodeEvent",
    "NodeFailedOver",
    "NodeFrozen",
    "NodeKilled",
    "NodePulsed",
    "NodeRemoved",
    "NodeRestarted",
    "NodeRevived",
    "NodeReweighted",
    "NodeSuspected",
    "NodeThawed",
    "Payload",
    "Settings",
    "VerdictDelaySet",
    "WorkAsked",
    "WorkCancelling",
    "WorkEnded",
    "WorkloadSet",
    "apply",
    "ring",
    "shows",
    "work_words",
]

Payload = (
    ClusterCreated
    | ClusterFormed
    | WorkAsked
    | WorkCancelling
    | WorkEnded
    | WorkloadSet
    | VerdictDelaySet
    | KeysRefilled
    | KeysLost
    | NodeEvent
    | NodeRemoved
    | ClusterReconfigured
    | KeysImported
    | ExternalSeen
    | ExternalMoved
)


def apply(state: State | None, kind: str, payload: Mapping[str, Any]) -> State:
    """The cluster's state after an event, in O(nodes). Does not change its arguments. Raises UndeclaredKind."""
    return cast(State, ring.apply(state, kind, payload))
