"""Writes the supervisor's events to a cluster's log, guarded by its fencing token, in the requester's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from live.actor import Actor
from live.models import Event
from locks.services.leading import Guard
from ringviz import events
from ringviz.models import Intent
from ringviz.selectors.clusters import Known, known, open_intents
from ringviz.services.changing import report
from ringviz.services.decisions import Decision
from ringviz.services.served import ended

SUPERVISOR = Actor(name="supervisor", origin="system", may_operate=True)


class Book:
    """The log and the intents of one cluster."""

    def __init__(self, cluster_id: int, slug: str, guard: Callable[[], Guard]) -> None:
        self.cluster_id = cluster_id
        self.slug = slug
        self._guard = guard

    def known(self) -> Known:
        """The current cluster. Raises NotFound if it was deleted."""
        return known(self.slug)

    def open_intents(self) -> list[Intent]:
        """The open intents, oldest first."""
        return list(open_intents(self.cluster_id))

    def begin(self, intent: Intent) -> None:
        """Marks an intent as started. After a crash of the supervisor, it is continued first."""
        Intent.objects.filter(pk=intent.pk, state=Intent.State.WAITING).update(state=Intent.State.RUNNING)

    def found(self, decision: Decision) -> Event:
        """Records a change that nobody requested."""
        return report(slug=self.slug, actor=SUPERVISOR, decision=decision, guard=self._guard())

    def done(self, intent: Intent, decision: Decision) -> Event:
        """Records that an intent is done."""
        actor = Actor(name=intent.actor, origin=cast(Any, intent.origin), may_operate=True)
        return report(slug=self.slug, actor=actor, decision=ending(intent, decision), guard=self._guard())

    def given_up(self, intent: Intent, outcome: Intent.State, why: str) -> Event | None:
        """Records that an intent failed. None if it has already ended."""
        if not self.is_open(intent):
            return None
        return self.found(ended(intent.number, outcome.value, why, cast(Any, intent.before)))

    def is_open(self, intent: Intent) -> bool:
        """Whether the intent is open. A write whose connection broke may still have succeeded."""
        return open_intents(self.cluster_id).filter(pk=intent.pk).exists()


def ending(intent: Intent, decision: Decision) -> Decision:
    """The decision, with its event marked as the end of the intent and, for an undo, as undoing the intent's target."""

    def decide(on: Known) -> events.Payload:
        marks: dict[str, Any] = {"work": intent.number}
        if undoes := intent.fields.get("undoes"):
            marks["undoes"] = int(undoes)
        return replace(cast(Any, decision(on)), **marks)  # type: ignore[no-any-return]

    return replace(decision, decide=decide)
