"""What services refuse. Each message tells a person what to do next; each class, how HTTP calls it."""

from __future__ import annotations

from typing import Any, ClassVar


class Refused(Exception):
    """The root of all refusals; nothing was changed. `status` is the HTTP status of an answer that tells of it."""

    status: ClassVar[int] = 400

    @property
    def message(self) -> str:
        """What a person is told."""
        return str(self)

    @property
    def details(self) -> dict[str, Any]:
        """What a program is told besides, as JSON values."""
        return {}


class NotAllowed(Refused):
    """The actor may watch, not change."""

    status = 403


class NotFound(Refused):
    """Nothing has this name, address or version."""

    status = 404


class Invalid(Refused):
    """A value that cannot be. `field` names it."""

    def __init__(self, field: str, value: Any, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.value = value

    @property
    def details(self) -> dict[str, Any]:
        """Which field is to blame."""
        return {"field": self.field}
