"""Numbers as addresses and forms give them."""

from __future__ import annotations

MOST_DIGITS = 15  # of a number: what a browser still counts exactly


def whole_number(text: str) -> int | None:
    """A whole number of at most 15 digits; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None
