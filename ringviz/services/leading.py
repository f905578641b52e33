"""Who writes what became of managed clusters: only the supervisor with the highest fencing token.

A supervisor that was paused past its lease may believe that it still leads. The database does not believe it: each of
its writes checks the token within the turn, and a newer one is there.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from live.turns import write_turn
from ringviz.bounds import MAX_HOLDER
from ringviz.models import Leadership

Guard = Callable[[], None]


class Fenced(Exception):
    """Somebody else leads by now; nothing was written."""

    def __init__(self, ours: int, newer: int) -> None:
        super().__init__(f"fencing token {ours} is behind {newer}")


def newest_token() -> int:
    """The highest fencing token that ever led; 0 before the first."""
    return Leadership.objects.values_list("fencing_token", flat=True).order_by("-fencing_token").first() or 0


def lead(fencing_token: int, holder: str) -> None:
    """From here on whoever has a lower token is fenced off. Raises Fenced if that is us."""
    with write_turn():
        newest = newest_token()
        if newest > fencing_token:
            raise Fenced(fencing_token, newest)
        row = {"fencing_token": fencing_token, "holder": holder[:MAX_HOLDER], "since": timezone.now()}
        Leadership.objects.update_or_create(pk=1, defaults=row)


def guard(fencing_token: int) -> Guard:
    """To be called within a write. Raises Fenced when a newer leader is there."""

    def check() -> None:
        newest = newest_token()
        if newest > fencing_token:
            raise Fenced(fencing_token, newest)

    return check
