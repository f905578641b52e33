"""Refusals of services. Each message tells a person what to do next; each class has its HTTP status."""

from __future__ import annotations

from typing import Any, ClassVar


class Refused(Exception):
    """The base class of refusals; nothing was changed. `status` is the HTTP status."""

    status: ClassVar[int] = 400

    @property
    def message(self) -> str:
        """The message for a person."""
        return str(self)

    @property
    def details(self) -> dict[str, Any]:
        """Further details for programs, as JSON values."""
        return {}


class NotAllowed(Refused):
    """The actor may watch but not change anything."""

    status = 403


class NotFound(Refused):
    """There is nothing with this name, address or version."""

    status = 404


class Invalid(Refused):
    """A value is invalid. `field` names it."""

    def __init__(self, field: str, value: Any, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.value = value

    @property
    def details(self) -> dict[str, Any]:
        """The invalid field."""
        return {"field": self.field}
