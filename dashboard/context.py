"""What every page's frame knows of who reads it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from live.actors import OPERATE


def frame(request: HttpRequest) -> dict[str, Any]:
    """`may_operate`: whether this person may change anything. The database is asked only if a template asks."""
    return {"may_operate": SimpleLazyObject(lambda: _may_operate(request))}


def _may_operate(request: HttpRequest) -> bool:
    # A request that was refused early, under a strange Host say, has no user yet, and its error page is this frame too.
    return hasattr(request, "user") and request.user.has_perm(OPERATE)
