"""Which process of a role leads and may write: only the one with the highest fencing token.

A leader that was paused past its lease may believe that it still leads. The database does not: each write checks the
token within its turn, and finds the newer one.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import F
from django.utils import timezone

from live.turns import write_turn
from locks.bounds import MAX_HOLDER
from locks.models import Leadership

Guard = Callable[[], None]
"""Called within the turn of a write. Raises if the writer no longer leads."""


class Fenced(Exception):
    """Another process leads by now; nothing was written."""


def newest_token(role: str) -> int:
    """The highest fencing token that ever led; 0 before the first."""
    return Leadership.objects.filter(role=role).values_list("fencing_token", flat=True).first() or 0


def lead(role: str, fencing_token: int, holder: str) -> None:
    """Fences off every process with a lower token from here on. Raises Fenced if that is this one.

    One statement compares and writes: if two lead at once, the one with the lower token never writes last.
    """
    row = {"fencing_token": fencing_token, "holder": holder[:MAX_HOLDER], "since": timezone.now()}
    with write_turn():
        if not Leadership.objects.filter(role=role, fencing_token__lte=fencing_token).update(**row):
            guard(role, fencing_token)()
            Leadership.objects.create(role=role, **row)


def succeed(role: str, holder: str) -> int:
    """Leads with the next fencing token and returns it: for a role without a lease, which a process gets by starting.

    If two start at once, each gets its own token, and the one with the higher token leads.
    """
    with write_turn():
        Leadership.objects.get_or_create(role=role)
        row = {"fencing_token": F("fencing_token") + 1, "holder": holder[:MAX_HOLDER], "since": timezone.now()}
        Leadership.objects.filter(role=role).update(**row)
        return newest_token(role)


def guard(role: str, fencing_token: int) -> Guard:
    """Call it within a write. Raises Fenced if there is a newer leader."""

    def check() -> None:
        newest = newest_token(role)
        if newest > fencing_token:
            raise Fenced(f"fencing token {fencing_token} is behind {newest}")

    return check
