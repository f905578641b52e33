"""What every page's frame knows about its reader."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from live.actors import OPERATE


def frame(request: HttpRequest) -> dict[str, Any]:
    """`may_operate`: whether this person may change anything. Asks the database only if a template needs it."""
    return {"may_operate": SimpleLazyObject(lambda: _may_operate(request))}


def _may_operate(request: HttpRequest) -> bool:
    # A request that was refused early, for example for a strange Host, has no user, but its error page uses this frame
    # too.
    return hasattr(request, "user") and request.user.has_perm(OPERATE)
