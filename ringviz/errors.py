"""What the services refuse. Each message tells a person what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from live.models import Event


class Refused(Exception):
    """The root of all refusals; nothing was changed."""

    @property
    def message(self) -> str:
        """What a person is told."""
        return str(self)


class NotAllowed(Refused):
    """The actor may watch, not change."""

    def __init__(self) -> None:
        super().__init__(_("You can watch this cluster, not change it. Sign in as an operator to act."))


class NotFound(Refused):
    """There is no such cluster, node or version."""


class Invalid(Refused):
    """A value that cannot be. `field` names it."""

    def __init__(self, field: str, value: Any, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.value = value


class StaleVersion(Refused):
    """The cluster changed since the decision was made; `events` are what happened, oldest first."""

    def __init__(self, expected: int, actual: int, events: Sequence[Event]) -> None:
        super().__init__(_("The cluster changed first. Look at what happened, then decide again."))
        self.expected = expected
        self.actual = actual
        self.events = events
