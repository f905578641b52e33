"""What the services of locks refuse. Each message tells a person what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from live import refusals
from live.refusals import Invalid, NotFound, Refused
from live.wording import number
from locks.core.observed import MOST_PROVEN_BYTES, MOST_VALUE_BYTES

__all__ = [
    "Changed", "Invalid", "NotAllowed", "NotFound", "Refused", "SourceFailed", "TooLong", "Unfinished", "Unknown",
    "no_source", "too_long",
]  # fmt: skip


class NotAllowed(refusals.NotAllowed):
    """The actor may watch locks but not break them."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("You can watch locks, not break them. Sign in as an operator to act."))


class Changed(Refused):
    """The lock is no longer as shown; nothing was deleted. `rows` are its holders now, empty if it is free.

    `message` replaces the default if more is known.
    """

    status = 409

    def __init__(self, rows: Sequence[Mapping[str, Any]], message: str = "") -> None:
        free = _("The lock is already free. There is nothing to break.")
        other = _(
            "The lock changed since you looked. Nothing was deleted. Look at who holds it now, then decide again."
        )
        super().__init__(message or (other if rows else free))
        self.rows = rows

    @property
    def details(self) -> dict[str, Any]:
        """Who holds it now: all holders, and the first one."""
        return {"rows": list(self.rows), "row": next(iter(self.rows), None)}


class Unknown(Refused):
    """The watcher no longer knows the lock that was shown, so nobody can say whether it is still held."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("The watcher no longer knows this lock, so nothing was deleted. Reload the page and look again.")
        )


class TooLong(Refused):
    """The value that proves the holder was not read in full, so a break cannot compare it."""

    status = 409

    def __init__(self) -> None:
        super().__init__(too_long())


class Unfinished(Refused):
    """The same break was requested a moment ago and has not ended."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("This break is still running. Look again in a few seconds."))


class SourceFailed(Refused):
    """The watched server or our own Redis does not answer, or refuses. The message says which and why."""

    status = 503


def too_long() -> str:
    """Why a lock that was not read in full cannot be broken, and what to do instead."""
    text = _(
        "Ringviz cannot break this lock: what proves its holder is too long to compare (at most %(most)s bytes of a "
        "string, %(member)s of a member). Check who holds it, then delete it with redis-cli."
    )
    return text % {"most": number(MOST_PROVEN_BYTES), "member": number(MOST_VALUE_BYTES - 1)}


def no_source(slug: str) -> NotFound:
    """The error for an address without a source."""
    return NotFound(_("There is no lock source %(slug)s.") % {"slug": slug})
