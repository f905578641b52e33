"""The state of a source after its events. Every fold is pure, bounded and idempotent."""

from __future__ import annotations

from typing import Any, TypedDict

from live.subjects import Payload
from locks.bounds import MAX_ALERTS
from locks.core.rows import Text


class SourceState(TypedDict):
    """A source as it was set up. `breakable` is true if its locks can be broken from here."""

    name: str
    slug: str
    breakable: bool


class TroubleState(TypedDict):
    """Why a source cannot be watched: a code (`locks.wording.TROUBLES`) and the server's own message."""

    kind: str
    text: str


class OpenAlert(TypedDict):
    """Something wrong with a lock. `id` and `lane` are those of its row; times are as in rows."""

    id: str
    lane: str
    key: Text
    name: Text
    client: str
    kind: str
    holder: Text | None
    since: int
    value: float | None


class State(TypedDict):
    """The part `locks` of a snapshot: at most the newest MAX_ALERTS alerts, in the order in which they were raised."""

    source: SourceState | None
    trouble: TroubleState | None
    alerts: list[OpenAlert]
    paused: bool


def nothing() -> State:
    """Before the first event."""
    return {"source": None, "trouble": None, "alerts": [], "paused": False}


def added(state: State | None, payload: Payload) -> State:
    """The source is set up as the event describes."""
    source: SourceState = {"name": payload["name"], "slug": payload["slug"], "breakable": payload["breakable"]}
    return {**(state or nothing()), "source": source}


def lost(state: State | None, payload: Payload) -> State:
    """Contact with the source is lost."""
    return {**(state or nothing()), "trouble": payload["why"]}


def back(state: State | None, _payload: Payload) -> State:
    """Contact with the source is back."""
    return {**(state or nothing()), "trouble": None}


def raised(state: State | None, payload: Payload) -> State:
    """The alert is open. It replaces one of the same kind about the same holder."""
    before = state or nothing()
    alert: OpenAlert = {name: payload[name] for name in OpenAlert.__annotations__}  # type: ignore[assignment]
    others = _without(before["alerts"], payload["id"], payload["kind"])
    return {**before, "alerts": [*others, alert][-MAX_ALERTS:]}


def cleared(state: State | None, payload: Payload) -> State:
    """The alert is over."""
    before = state or nothing()
    return {**before, "alerts": _without(before["alerts"], payload["id"], payload["kind"])}


def broken(state: State | None, payload: Payload) -> State:
    """The holder is gone, and so are all alerts about it."""
    before = state or nothing()
    return {**before, "alerts": [alert for alert in before["alerts"] if alert["id"] != payload["id"]]}


def paused(state: State | None, _payload: Payload) -> State:
    """An operator paused the watching."""
    return {**(state or nothing()), "paused": True}


def resumed(state: State | None, _payload: Payload) -> State:
    """Watching resumes."""
    return {**(state or nothing()), "paused": False}


def _without(alerts: list[OpenAlert], row_id: Any, kind: Any) -> list[OpenAlert]:
    return [alert for alert in alerts if (alert["id"], alert["kind"]) != (row_id, kind)]
