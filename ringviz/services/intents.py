"""Intents: on a managed cluster, operators make requests and the supervisor carries them out.

A request is first decided as if it were carried out, so that an impossible one is refused at once. Then an event
records the request, and a row waits for the supervisor. Requests with the same key count once.
"""

from __future__ import annotations

import hashlib
import json

from django.utils import timezone
from django.utils.translation import gettext as _

from live.actor import Actor
from live.log import timestamp
from live.models import ACTOR_LENGTH, Event
from ringviz import events
from ringviz.bounds import MAX_INTENT_KEY, MAX_OPEN_WORK, MAX_SERVED_NODES
from ringviz.core.state import WITHOUT_SERVER, NodeState, State, Work
from ringviz.errors import Invalid
from ringviz.models import Cluster, Intent, Node
from ringviz.selectors.clusters import Known
from ringviz.services.checks import check_memory
from ringviz.services.decisions import Decision, now

# Actions that affect servers or move keys. All other changes are immediate.
SUPERVISED = frozenset(
    {"add", "kill", "freeze", "thaw", "restart", "drain", "revive", "remove", "reweight", "configure", "keys"}
)


def is_supervised(cluster: Cluster, decision: Decision) -> bool:
    """Whether the supervisor must carry out a decision on this cluster."""
    if cluster.kind != Cluster.Kind.MANAGED or decision.action not in SUPERVISED:
        return False
    return decision.action != "configure" or not decision.fields.keys() <= {"copies", "undoes"}


def key_for(decision: Decision, version: int | None, key: str) -> str:
    """A request's idempotency key: the given one, or one derived from decision and version, or empty.

    Raises Invalid for a key that is too long or begins with #.
    """
    check_key(key)
    if key or version is None:
        return key
    fields = json.dumps(sorted(decision.fields.items()))
    # The text can have any length, so hash it.
    return f"{version}-{decision.action}-{hashlib.sha256(fields.encode()).hexdigest()[:32]}"


def check_key(key: str) -> None:
    """Raises Invalid for a key that is too long or begins with #."""
    if len(key) > MAX_INTENT_KEY:
        raise Invalid("key", key[:40], _("A key has at most %(most)d characters.") % {"most": MAX_INTENT_KEY})
    if key.startswith("#"):
        raise Invalid("key", key, _("A key does not begin with #."))


def asked_before(cluster: Cluster, key: str) -> Event | None:
    """The event of the first request with this key."""
    return Event.objects.filter(stream_id=cluster.stream_id, key=key).first() if key else None


def asking(decision: Decision) -> Decision:
    """The decision to request `decision` from the supervisor. Settings are applied at once."""

    def decide(on: Known) -> events.Payload:
        done = decision(on)
        if isinstance(done, events.NodePulsed):  # a setting, which the supervisor follows
            return done
        _check_open(on, decision)
        number, name = _meant(on, decision, done)
        asked = Work(
            id=on.v + 1,
            action=decision.action,
            node=number,
            name=name,
            asked=timestamp(timezone.now()),
            v=on.v,
            cancelling=False,
        )
        return events.WorkAsked(asked=asked, node=_joining(on, decision, done))

    return Decision(decision.action, decision.fields, decide)


def keep(on: Known, asked: events.WorkAsked, decision: Decision, key: str, actor: Actor) -> None:
    """Creates the row for the supervisor. Call it within the write of its event."""
    before = next((node for node in on.state["nodes"] if node["number"] == asked.asked["node"]), None)
    work = asked.asked
    Intent.objects.create(
        cluster=on.cluster,
        number=work["id"],
        key=key or f"#{work['id']}",
        action=work["action"],
        node=work["node"],
        name=work["name"],
        fields=dict(decision.fields),
        before=before if asked.node is not None else None,
        decided_on=work["v"],
        actor=actor.name[:ACTOR_LENGTH],
        origin=actor.origin,
        asked_at=work["asked"],
    )


def close(cluster: Cluster, payload: events.Payload) -> None:
    """Updates an intent's row from an event. Call it within the write of the event."""
    if isinstance(payload, events.WorkCancelling):
        cluster.intents.filter(number=payload.asked["id"]).update(cancelling=True)
        return
    outcome, why = Intent.State.DONE.value, ""
    if isinstance(payload, events.WorkEnded):
        outcome, why = payload.outcome, payload.why
    work = getattr(payload, "work", 0)
    if isinstance(work, int) and work:
        cluster.intents.filter(number=work).update(state=outcome, why=why, ended_at=timezone.now())


def first_work() -> Work:
    """The first work of a new managed cluster, starting its servers. Part of the stream's first event."""
    return Work(id=1, action="form", node=0, name="", asked=now(), v=0, cancelling=False)


def keep_first(cluster: Cluster, work: Work, actor: Actor) -> None:
    """Creates the row of `first_work`. Call it within the write of the first event."""
    Intent.objects.create(
        cluster=cluster,
        number=work["id"],
        key=f"#{work['id']}",
        action=work["action"],
        decided_on=0,
        actor=actor.name[:ACTOR_LENGTH],
        origin=actor.origin,
        asked_at=work["asked"],
    )


def _check_open(on: Known, decision: Decision) -> None:
    work = on.state["work"]
    if len(work) >= MAX_OPEN_WORK:
        text = _("%(most)d requests are already waiting. Wait for one, or cancel one.")
        raise Invalid("action", decision.action, text % {"most": MAX_OPEN_WORK})
    number = int(decision.fields.get("node", "0"))
    if number and any(one["node"] == number and one["action"] == decision.action for one in work):
        raise Invalid("node", number, _("This was already requested and is waiting."))
    if decision.action in ("add", "revive") and _served(on.state) >= MAX_SERVED_NODES:
        text = _("A managed cluster has at most %(most)d servers. Remove a node first.")
        raise Invalid("name", _served(on.state), text % {"most": MAX_SERVED_NODES})
    if decision.action in ("add", "revive"):
        check_memory(on.cluster.memory * (1 + on.cluster.replicas))


def _served(state: State) -> int:
    return sum(node["state"] not in WITHOUT_SERVER for node in state["nodes"])


def _meant(on: Known, decision: Decision, done: events.Payload) -> tuple[int, str]:
    """The number and name of the request's node; 0 for none."""
    if isinstance(done, events.NodeEvent):
        return done.node["number"], done.node["name"]
    number = int(decision.fields.get("node", "0"))
    return number, next((node["name"] for node in on.state["nodes"] if node["number"] == number), "")


def _joining(on: Known, decision: Decision, done: events.Payload) -> NodeState | None:
    """A joining node is listed at once, without keys, so that its name and number are taken."""
    if decision.action not in ("add", "revive") or not isinstance(done, events.NodeEvent):
        return None
    node = done.node
    return {**node, "state": Node.State.JOINING.value, "keys": 0, "ownership": 0.0, "lost": 0, "address": ""}
