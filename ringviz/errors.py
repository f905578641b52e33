"""What the services of clusters refuse. Each message tells a person what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from live import refusals
from live.log import event_frame
from live.models import Event
from live.refusals import Invalid, NotFound, Refused

__all__ = ["Invalid", "NotAllowed", "NotFound", "Refused", "StaleVersion"]


class NotAllowed(refusals.NotAllowed):
    """The actor may watch but not change."""

    def __init__(self) -> None:
        super().__init__(_("You can watch this cluster, but not change it. Sign in as an operator to act."))


class StaleVersion(Refused):
    """The cluster changed since the decision; `events` are what happened, oldest first."""

    status = 409

    def __init__(self, expected: int, actual: int, events: Sequence[Event]) -> None:
        super().__init__(_("The cluster has changed. Look at what happened, then decide again."))
        self.expected = expected
        self.actual = actual
        self.events = events

    @property
    def details(self) -> dict[str, Any]:
        """What happened."""
        return {"events": [event_frame(event) for event in self.events]}
