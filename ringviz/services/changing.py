"""Every change of a cluster goes through here: decide on a state, take the turn, write rows and event together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from live.actor import Actor
from live.keeping import keep_log_bounded
from live.log import Conflict, Draft, write
from live.models import Event, Stream
from live.reading import events_after
from live.subjects import encode
from locks.services.leading import Guard
from ringviz.core.state import State
from ringviz.errors import Invalid, NotAllowed, Refused, StaleVersion
from ringviz.events import Payload, WorkAsked, apply
from ringviz.models import Cluster
from ringviz.selectors.clusters import Known, cluster_of, known, no_cluster
from ringviz.services.decisions import Decision
from ringviz.services.intents import asked_before, asking, check_key, close, is_supervised, keep, key_for
from ringviz.services.rows import write_rows

_OPTIMISTIC_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Decided:
    """A decision, and the state that it leads to."""

    on: Known
    payload: Payload
    kind: str
    encoded: dict[str, Any]
    after: State


def check_allowed(actor: Actor) -> None:
    """Raises NotAllowed for a viewer."""
    if not actor.may_operate:
        raise NotAllowed


def change(
    *,
    slug: str,
    actor: Actor,
    version: int | None,
    decision: Decision,
    key: str = "",
) -> Event:
    """Carries out a decision, or on a managed cluster requests it, and returns the event.

    `version` is the version that the actor saw. If the cluster has moved on, nothing is done. Without it, the decision
    uses the current state and is repeated if somebody else was faster, the last time within the turn. Deciding happens
    before the turn is taken, so writers of other clusters never wait for it. A repeated `key` returns the event of the
    first request, whatever the version, so nothing is done twice. Raises NotAllowed, NotFound, Invalid, StaleVersion.
    """
    check_allowed(actor)
    cluster = cluster_of(slug)
    check_changeable(cluster)
    if is_supervised(cluster, decision):
        key, decision = key_for(decision, version, key), asking(decision)
    else:
        check_key(key)
    try:
        return asked_before(cluster, key) or _changed(slug, actor, version, decision, key=key)
    except (Refused, IntegrityError):
        if same := asked_before(cluster, key):  # the very same click, a moment earlier
            return same
        raise


def report(*, slug: str, actor: Actor, decision: Decision, guard: Guard) -> Event:
    """Records what the supervisor found or did, whatever the version. Raises Fenced, NotFound, Invalid."""
    return _changed(slug, actor, None, decision, guard=guard)


def check_changeable(cluster: Cluster) -> None:
    """Raises Invalid for an attached, read-only cluster."""
    if cluster.kind == Cluster.Kind.EXTERNAL:
        text = _("%(cluster)s is attached read-only: nothing here can change it.")
        raise Invalid("cluster", cluster.slug, text % {"cluster": cluster.name})


def _changed(
    slug: str, actor: Actor, version: int | None, decision: Decision, *, key: str = "", guard: Guard = lambda: None
) -> Event:
    writing = _Writing(actor, decision, key, guard)
    try:
        event = _optimistic(slug, version, writing) or _in_turn(slug, writing)
    except Stream.DoesNotExist:  # the cluster was deleted meanwhile
        raise no_cluster(slug) from None
    keep_log_bounded(event.stream_id, event.version)
    return event


@dataclass(frozen=True, slots=True)
class _Writing:
    """What to write, and the actor."""

    actor: Actor
    decision: Decision
    key: str
    guard: Guard

    def decide(self, on: Known) -> _Decided:
        """Makes the decision on a state. Raises its refusals."""
        payload = self.decision(on)
        kind, encoded = encode(payload)
        return _Decided(on, payload, kind, encoded, apply(on.state, kind, encoded))

    def write(self, decided: _Decided, draft: Draft) -> Event:
        """Writes rows and event within the turn."""
        on, payload = decided.on, decided.payload
        self.guard()
        write_rows(on.cluster, on.state, decided.after)
        if isinstance(payload, WorkAsked):
            keep(on, payload, self.decision, self.key, self.actor)
        else:
            close(on.cluster, payload)
        return draft.record(payload, self.actor, self.key)


def _optimistic(slug: str, version: int | None, writing: _Writing) -> Event | None:
    """None if somebody else was faster each time."""
    for _attempt in range(_OPTIMISTIC_TRIES):
        on = known(slug)
        if version is not None and version != on.v:
            raise _stale(on.cluster.stream_id, version, on.v)
        decided = writing.decide(on)
        try:
            with write(on.cluster.stream_id, expected=on.v) as draft:
                return writing.write(decided, draft)
        except Conflict as conflict:
            if version is not None:
                raise _stale(conflict.stream, version, conflict.actual) from conflict
    return None


def _in_turn(slug: str, writing: _Writing) -> Event:
    """Decides inside the turn: slower, but nobody else can write first."""
    with write(known(slug).cluster.stream_id) as draft:
        on = known(slug)._replace(v=draft.version - 1)
        return writing.write(writing.decide(on), draft)


def _stale(stream_id: int, expected: int, actual: int) -> StaleVersion:
    return StaleVersion(expected, actual, events_after(stream_id, expected) if expected < actual else ())
