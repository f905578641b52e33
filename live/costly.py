"""CPU-heavy views: only a few run at a time, so that ordinary requests do not wait for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest

V = TypeVar("V", bound=Callable[..., Any])

_MARK = "costly_when"


def costly(view: V) -> V:
    """Marks a view whose every request is costly."""
    return costly_with()(view)


def costly_with(*fields: str) -> Callable[[V], V]:
    """Marks a view as costly for requests with one of these query fields. Without fields, every request is."""

    def is_so(request: HttpRequest) -> bool:
        return not fields or any(field in request.GET for field in fields)

    def mark(view: V) -> V:
        setattr(view, _MARK, is_so)
        return view

    return mark


def is_costly(view: Callable[..., Any], request: HttpRequest) -> bool:
    """Whether this request is costly."""
    when: Callable[[HttpRequest], bool] | None = getattr(view, _MARK, None)
    return when is not None and when(request)
