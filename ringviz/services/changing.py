"""The one way in which a cluster changes: decide on a state, take the turn, write the rows and the event together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from live.actor import Actor
from live.kinds import encode, kind_of
from live.log import Conflict, write
from live.models import Event, Stream
from live.reading import events_after
from ringviz.core.state import State, apply
from ringviz.errors import NotAllowed, StaleVersion
from ringviz.events import Payload
from ringviz.selectors.clusters import Known, known, no_cluster
from ringviz.services.decisions import Decision
from ringviz.services.keeping import keep_log_bounded
from ringviz.services.rows import write_rows

_OPTIMISTIC_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Decided:
    """A decision, and the state that it makes of the one it was made on."""

    on: Known
    payload: Payload
    after: State


def check_allowed(actor: Actor) -> None:
    """Raises NotAllowed for somebody who only watches."""
    if not actor.may_operate:
        raise NotAllowed


def change(*, slug: str, actor: Actor, version: int | None, decision: Decision) -> Event:
    """Carries out a decision and returns its event.

    `version` is what the actor saw when deciding: if the cluster is not at it any more, nothing is done. Without one
    the decision is made on what is so now, and made again when somebody else was faster; the last time within the turn.
    What a decision costs is spent before the turn is taken, so that writers of other clusters never wait for it.
    Raises NotAllowed, NotFound, Invalid, StaleVersion.
    """
    check_allowed(actor)
    try:
        event = _optimistic(slug, actor, version, decision) or _in_turn(slug, actor, decision)
    except Stream.DoesNotExist:  # somebody deleted the cluster in between
        raise no_cluster(slug) from None
    keep_log_bounded(event.stream_id, event.version)
    return event


def _optimistic(slug: str, actor: Actor, version: int | None, decision: Decision) -> Event | None:
    """None when somebody else was faster each time."""
    for _attempt in range(_OPTIMISTIC_TRIES):
        on = known(slug)
        if version is not None and version != on.v:
            raise _stale(on.cluster.stream_id, version, on.v)
        decided = _decide(on, decision)
        try:
            with write(on.cluster.stream_id, expected=on.v) as draft:
                write_rows(on.cluster, on.state, decided.after)
                return draft.record(decided.payload, actor)
        except Conflict as conflict:
            if version is not None:
                raise _stale(conflict.stream, version, conflict.actual) from conflict
    return None


def _in_turn(slug: str, actor: Actor, decision: Decision) -> Event:
    """Decides while nobody else can write: it takes longer, and cannot be overtaken."""
    with write(known(slug).cluster.stream_id) as draft:
        on = known(slug)
        decided = _decide(on, decision)
        write_rows(on.cluster, on.state, decided.after)
        return draft.record(decided.payload, actor)


def _decide(on: Known, decision: Decision) -> _Decided:
    payload = decision(on)
    encoded: dict[str, Any] = encode(payload)
    return _Decided(on, payload, apply(on.state, kind_of(payload), encoded))


def _stale(stream_id: int, expected: int, actual: int) -> StaleVersion:
    return StaleVersion(expected, actual, events_after(stream_id, expected) if expected < actual else ())
