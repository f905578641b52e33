"""Who leads among the processes of one role, and may write: only the one with the highest fencing token.

A leader that was paused past its lease may believe that it still leads. The database does not believe it: each of its
writes checks the token within the turn, and a newer one is there.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import F
from django.utils import timezone

from live.turns import write_turn
from locks.bounds import MAX_HOLDER
from locks.models import Leadership

Guard = Callable[[], None]
"""Called within the turn of a write; raises where whoever writes leads no more."""


class Fenced(Exception):
    """Somebody else leads by now; nothing was written."""


def newest_token(role: str) -> int:
    """The highest fencing token that ever led; 0 before the first."""
    return Leadership.objects.filter(role=role).values_list("fencing_token", flat=True).first() or 0


def lead(role: str, fencing_token: int, holder: str) -> None:
    """From here on whoever has a lower token is fenced off. Raises Fenced if that is us.

    One statement compares and writes: of two that lead at once, the one with the lower token never writes last.
    """
    row = {"fencing_token": fencing_token, "holder": holder[:MAX_HOLDER], "since": timezone.now()}
    with write_turn():
        if not Leadership.objects.filter(role=role, fencing_token__lte=fencing_token).update(**row):
            guard(role, fencing_token)()
            Leadership.objects.create(role=role, **row)


def succeed(role: str, holder: str) -> int:
    """Leads with the next fencing token, and gives it: for a role that is given by starting, and has no lease.

    Of two that begin at once each gets a token of its own, and the higher one leads.
    """
    with write_turn():
        Leadership.objects.get_or_create(role=role)
        row = {"fencing_token": F("fencing_token") + 1, "holder": holder[:MAX_HOLDER], "since": timezone.now()}
        Leadership.objects.filter(role=role).update(**row)
        return newest_token(role)


def guard(role: str, fencing_token: int) -> Guard:
    """To be called within a write. Raises Fenced when a newer leader is there."""

    def check() -> None:
        newest = newest_token(role)
        if newest > fencing_token:
            raise Fenced(f"fencing token {fencing_token} is behind {newest}")

    return check
