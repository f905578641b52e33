"""What the supervisor writes into the log of a cluster: by its fencing token, in the name of whoever asked."""

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
        """The cluster as it is. Raises NotFound when it was deleted."""
        return known(self.slug)

    def open_intents(self) -> list[Intent]:
        """What was asked and has not ended, in the order of asking."""
        return list(open_intents(self.cluster_id))

    def begin(self, intent: Intent) -> None:
        """An intent is being worked on: after a death of the supervisor it is gone on with first."""
        Intent.objects.filter(pk=intent.pk, state=Intent.State.WAITING).update(state=Intent.State.RUNNING)

    def found(self, decision: Decision) -> Event:
        """Something happened that nobody asked for."""
        return report(slug=self.slug, actor=SUPERVISOR, decision=decision, guard=self._guard())

    def done(self, intent: Intent, decision: Decision) -> Event:
        """What an intent asked for has come to pass."""
        actor = Actor(name=intent.actor, origin=cast(Any, intent.origin), may_operate=True)
        return report(slug=self.slug, actor=actor, decision=ending(intent, decision), guard=self._guard())

    def given_up(self, intent: Intent, outcome: Intent.State, why: str) -> Event | None:
        """Nothing came of an intent. None where it has ended already."""
        if not self.is_open(intent):
            return None
        return self.found(ended(intent.number, outcome.value, why, cast(Any, intent.before)))

    def is_open(self, intent: Intent) -> bool:
        """Whether it has not ended. A write whose connection broke may have come to pass all the same."""
        return open_intents(self.cluster_id).filter(pk=intent.pk).exists()


def ending(intent: Intent, decision: Decision) -> Decision:
    """The decision, its event marked as the end of the intent, and as taking back what the intent was to take back."""

    def decide(on: Known) -> events.Payload:
        marks: dict[str, Any] = {"work": intent.number}
        if undoes := intent.fields.get("undoes"):
            marks["undoes"] = int(undoes)
        return replace(cast(Any, decision(on)), **marks)  # type: ignore[no-any-return]

    return replace(decision, decide=decide)
