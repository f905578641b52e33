"""Marks that a break leaves for the watcher, which sees only a deletion: this hold was broken, not released."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from locks.stores.line import FAILURES, StoreGone, line, names_of

_FOR_MS = 10_000


def mark_broken(slug: str, row_id: str) -> None:
    """Call it just before a break compares and deletes.

    If the break is refused, call `unmark_broken`. Raises StoreGone.
    """
    try:
        line().set(names_of(slug).broken + row_id, "1", px=_FOR_MS)
    except FAILURES as error:
        raise StoreGone(str(error)) from error


def unmark_broken(slug: str, row_id: str) -> None:
    """The break did not happen. Raises StoreGone."""
    try:
        line().delete(names_of(slug).broken + row_id)
    except FAILURES as error:
        raise StoreGone(str(error)) from error


def broken_among(slug: str, row_ids: Sequence[str]) -> set[str]:
    """The rows whose hold an operator has just broken. Raises StoreGone."""
    if not row_ids:
        return set()
    begin = names_of(slug).broken
    try:
        found = cast("list[bytes | None]", line().mget([begin + row_id for row_id in row_ids]))
    except FAILURES as error:
        raise StoreGone(str(error)) from error
    return {row_id for row_id, mark in zip(row_ids, found, strict=True) if mark is not None}
