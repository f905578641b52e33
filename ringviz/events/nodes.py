"""Events about one node. Each carries the absolute state of the node and the new figures of the others.

`movement` is None where nothing can move. `undoes` is the version that an undo takes back. `work` is the intent that an
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

_DEATHS = {  # by their cause, where nobody asked for it
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
    node = payload.get("node", payload)  # of one that was removed the name is left
    return EventWords(sign + node["name"], text % {"node": node["name"], "weight": grouped(node.get("weight", 0))})


def _says(text: Any, sign: str = "") -> Words:
    """Words of a node's event; `sign` stands before the label."""
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
    """What all events about one node carry."""

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
)
@dataclass(frozen=True)
class NodeAdded(NodeEvent):
    """A new member took its token ranges."""


@kind("node_killed", title=gettext_lazy("Killed"), fold=state.with_node, words=_killed)
@dataclass(frozen=True)
class NodeKilled(NodeEvent):
    """A member went down; its token ranges went to the next tokens. With `loss` no key went along.

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
)
@dataclass(frozen=True)
class NodeRevived(NodeEvent):
    """A member that was down or draining took its token ranges back."""


@kind(
    "node_drained",
    title=gettext_lazy("Drained"),
    fold=state.with_node,
    words=_says(gettext_lazy("%(node)s drained")),
)
@dataclass(frozen=True)
class NodeDrained(NodeEvent):
    """A member gave its keys away; it may be removed."""


@kind(
    "node_removed",
    title=gettext_lazy("Removed"),
    fold=state.without_node,
    words=_says(gettext_lazy("%(node)s removed"), sign="\u2212"),
)
@dataclass(frozen=True)
class NodeRemoved:
    """A member is no more. Its number is not given to another."""

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
)
@dataclass(frozen=True)
class NodeFrozen(NodeEvent):
    """A server was stopped (SIGSTOP): it answers nobody and loses nothing."""


@kind(
    "node_thawed",
    title=gettext_lazy("Thawed"),
    fold=state.with_node,
    words=_says(gettext_lazy("%(node)s thawed")),
)
@dataclass(frozen=True)
class NodeThawed(NodeEvent):
    """A frozen server goes on, with its keys: it was thawed before the verdict."""


@kind("node_pulsed", title=gettext_lazy("Short freezes"), fold=state.with_node, words=_pulsed)
@dataclass(frozen=True)
class NodePulsed(NodeEvent):
    """A server freezes again and again for a short time, or does so no more: `node` says which, and `before` what was.

    It is a setting, which the supervisor follows.
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
    """A server ended and was started again from its directory, with its keys.

    `cause` is that of a death: asked, exit or silent; empty where it was to be started again.
    """

    cause: str = ""


@kind(
    "node_failed_over",
    title=gettext_lazy("Failed over"),
    fold=state.with_node,
    words=_says(gettext_lazy("the replica of %(node)s took over")),
)
@dataclass(frozen=True)
class NodeFailedOver(NodeEvent):
    """The replica took a dead server's place, with its tokens. What was not confirmed by it may be lost."""

    cause: str = ""
