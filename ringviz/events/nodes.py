"""Events about one node. Each carries the absolute state of the node and the new figures of the others.

`movement` is None if nothing can move. `undoes` is the version that an undo reverses. `work` is the intent that an
event ends, 0 for none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from live.subjects import EventWords, Payload
from live.wording import grouped
from ringviz.core import state
from ringviz.core.state import NodeState, Pulse
from ringviz.events.pulse import pulsed_words
from ringviz.events.shapes import Figures, Loss, MovementSummary
from ringviz.events.subject import Words, kind

_DEATHS = {  # by cause, for deaths that nobody requested
    "exit": gettext_lazy("%(node)s died"),
    "silent": gettext_lazy("%(node)s stopped responding and was fenced"),
}
_KILLED = gettext_lazy("%(node)s killed")
_RETURNS = {
    "asked": gettext_lazy("%(node)s killed and restarted with its keys"),
    "exit": gettext_lazy("%(node)s died and was restarted with its keys"),
    "silent": gettext_lazy("%(node)s stopped answering and was restarted with its keys"),
}
_RESTARTED = gettext_lazy("%(node)s restarted")


def _of_a_node(payload: Payload, text: Any, sign: str) -> EventWords:
    node = payload.get("node", payload)  # only the name is left of a removed node
    return EventWords(sign + node["name"], text % {"node": node["name"], "weight": grouped(node.get("weight", 0))})


def _says(text: Any, sign: str = "") -> Words:
    """The texts of a node's event. `sign` precedes the label."""
    return lambda payload: _of_a_node(payload, text, sign)


def _killed(payload: Payload) -> EventWords:
    return _of_a_node(payload, _DEATHS.get(payload.get("cause", ""), _KILLED), "")


def _restarted(payload: Payload) -> EventWords:
    return _of_a_node(payload, _RETURNS.get(payload.get("cause", ""), _RESTARTED), "")


def _pulsed(payload: Payload) -> EventWords:
    node = payload["node"]
    return EventWords(node["name"], pulsed_words(node["name"], node.get("pulse"), payload.get("before")))


@dataclass(frozen=True)
class NodeEvent:
    """The common fields of all events about one node."""

    node: NodeState
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None
    work: int = 0


@kind(
    "node_added",
    title=gettext_lazy("Added"),
    fold=state.with_node,
    words=_says(gettext_lazy("%(node)s added"), sign="+"),
    shows="change",
)
@dataclass(frozen=True)
class NodeAdded(NodeEvent):
    """A new member took its token ranges."""


@kind("node_killed", title=gettext_lazy("Killed"), fold=state.with_node, words=_killed, shows="change")
@dataclass(frozen=True)
class NodeKilled(NodeEvent):
    """A member went down, and its token ranges went to the next tokens. With `loss`, its keys were lost.

    `cause` is asked, exit or silent; empty on a simulated cluster.
    """

    cause: str = ""
    loss: Loss | None = None
    unfilled: list[list[int]] | None = None


@kind(
    "node_revived",
    title=gettext_lazy("Revived"),
    fold=state.with_node,
    words=_says(gettext_lazy("%(node)s revived")),
    shows="change",
)
@dataclass(frozen=True)
class NodeRevived(NodeEvent):
    """A member that was down or draining took its token ranges back."""


@kind(
    "node_drained",
    title=gettext_lazy("Drained"),
    fold=state.with_node,
    words=_says(gettext_lazy("%(node)s drained")),
    shows="change",
)
@dataclass(frozen=True)
class NodeDrained(NodeEvent):
    """A member gave its keys away and can be removed."""


@kind(
    "node_removed",
    title=gettext_lazy("Removed"),
    fold=state.without_node,
    words=_says(gettext_lazy("%(node)s removed"), sign="\u2212"),
    shows="change",
)
@dataclass(frozen=True)
class NodeRemoved:
    """A member was removed. Its number is never reused."""

    number: int
    name: str
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None
    work: int = 0


@kind(
    "node_reweighted",
    title=gettext_lazy("Weight changed"),
    fold=state.with_node,
    words=_says(gettext_lazy("%(node)s has weight %(weight)s")),
    shows="change",
)
@dataclass(frozen=True)
class NodeReweighted(NodeEvent):
    """A member's share relative to the others changed."""


@kind(
    "node_edited",
    title=gettext_lazy("Address or zone changed"),
    fold=state.with_node,
    words=_says(gettext_lazy("address or zone of %(node)s changed")),
)
@dataclass(frozen=True)
class NodeEdited(NodeEvent):
    """A member's address or zone changed; nothing moves."""


@kind(
    "node_suspected",
    title=gettext_lazy("Suspected"),
    fold=state.with_node,
    words=_says(gettext_lazy("%(node)s does not answer")),
)
@dataclass(frozen=True)
class NodeSuspected(NodeEvent):
    """A server missed a ping; another miss in a row is a verdict."""


@kind(
    "node_cleared",
    title=gettext_lazy("Answers again"),
    fold=state.with_node,
    words=_says(gettext_lazy("%(node)s answers again")),
)
@dataclass(frozen=True)
class NodeCleared(NodeEvent):
    """A suspected server answers again."""


@kind(
    "node_frozen",
    title=gettext_lazy("Frozen"),
    fold=state.with_node,
    words=_says(gettext_lazy("%(node)s frozen")),
    shows="change",
)
@dataclass(frozen=True)
class NodeFrozen(NodeEvent):
    """A server was stopped (SIGSTOP). It does not answer but loses nothing."""


@kind(
    "node_thawed",
    title=gettext_lazy("Thawed"),
    fold=state.with_node,
    words=_says(gettext_lazy("%(node)s thawed")),
)
@dataclass(frozen=True)
class NodeThawed(NodeEvent):
    """A frozen server was thawed before the verdict and continues with its keys."""


@kind("node_pulsed", title=gettext_lazy("Short freezes"), fold=state.with_node, words=_pulsed)
@dataclass(frozen=True)
class NodePulsed(NodeEvent):
    """A server started or stopped short, repeated freezes: `node` has the new pulse, `before` the old one.

    This is a setting that the supervisor follows.
    """

    before: Pulse | None = None


@kind(
    "node_restarted",
    title=gettext_lazy("Restarted"),
    fold=state.with_node,
    words=_restarted,
)
@dataclass(frozen=True)
class NodeRestarted(NodeEvent):
    """A server ended and was restarted from its directory, with its keys.

    `cause` is that of a death: asked, exit or silent; empty for a requested restart.
    """

    cause: str = ""


@kind(
    "node_failed_over",
    title=gettext_lazy("Failed over"),
    fold=state.with_node,
    words=_says(gettext_lazy("the replica of %(node)s took over")),
    shows="change",
)
@dataclass(frozen=True)
class NodeFailedOver(NodeEvent):
    """The replica replaced a dead server, with its tokens. Writes that it had not confirmed may be lost."""

    cause: str = ""
