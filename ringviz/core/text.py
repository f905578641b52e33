"""The pattern that a key set is made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

PLACE = "{n}"


def is_pattern(pattern: str) -> bool:
    """Whether a pattern has the placeholder for the number exactly once, and no other brace."""
    rest = pattern.replace(PLACE, "", 1)
    return PLACE in pattern and not re.search(r"[{}]", rest) and pattern.isprintable()


def pattern_keys(pattern: str, start: int, stop: int) -> Iterator[bytes]:
    """The keys of a pattern from the start-th on: `user:{n}` gives user:0, user:1, ..."""
    return pattern_keys_at(pattern, range(start, stop))


def pattern_keys_at(pattern: str, positions: Iterable[int]) -> Iterator[bytes]:
    """The keys of a pattern at these positions."""
    head, tail = (part.encode() for part in pattern.split(PLACE))
    return (b"%b%d%b" % (head, n, tail) for n in positions)
