"""Command-line messages for the core's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from balancer.refusals import refusal
from ringviz.core.errors import CoreError


@contextmanager
def core_refusals_told() -> Iterator[None]:
    """Turns the core's errors into CommandError."""
    try:
        yield
    except CoreError as error:
        raise CommandError(refusal(error)) from error
