"""What a request in progress will make of its cluster, decided on the present state.

The supervisor moves keys towards it, and pages draw it: both ask here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from live.subjects import encode
from ringviz import events
from ringviz.models import Intent
from ringviz.selectors.clusters import seen
from ringviz.services import decisions, served
from ringviz.services.actions import decision_of
from ringviz.services.decisions import Decision

_OPEN = (Intent.State.WAITING, Intent.State.RUNNING)


class UnderWay(TypedDict):
    """The event that the request will become if nothing else happens, and the version it was decided on."""

    v: int
    kind: str
    payload: dict[str, object]


def aim_of(intent: Intent, *, address: str = "") -> Decision | None:
    """The decision to record once all keys have moved; None for a request that moves no keys between servers.

    `address` is that of the server of a joining node.
    """
    made = _AIMS.get(intent.action)
    return made(intent, address) if made else None


def under_way(slug: str, number: int) -> UnderWay:
    """What the open request `number` will do. `kind` is empty if it moves no keys or has ended.

    Raises NotFound, Invalid.
    """
    on = seen(slug)
    intent = on.cluster.intents.filter(number=number, state__in=_OPEN).first()
    aim = aim_of(intent) if intent else None
    if aim is None:
        return UnderWay(v=on.v, kind="", payload={})
    kind, payload = encode(aim(on))
    return UnderWay(v=on.v, kind=kind, payload=payload)


def _set(intent: Intent, _address: str) -> Decision:
    return decision_of(intent.action, intent.fields)


_AIMS: dict[str, Callable[[Intent, str], Decision]] = {
    "add": lambda intent, address: served.joined(intent.node, events.NodeAdded, address=address),
    "revive": lambda intent, address: served.joined(intent.node, events.NodeRevived, address=address),
    "drain": lambda intent, _address: served.without_server(decisions.drain(intent.node)),
    "remove": lambda intent, _address: decisions.remove(intent.node),
    "reweight": _set,
    "configure": _set,
}
