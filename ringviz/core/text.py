"""Keys as text: any bytes shown inert, and the pattern that a key set is made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

PLACE = "{n}"


def shown(key: bytes) -> str:
    r"""A key for the eye: UTF-8 as it is, every byte that is no printable text as \xNN, a backslash doubled.

    No two keys look alike by this, and nothing of a key can act on a terminal or a page.
    """
    text = key.decode("utf-8", "surrogateescape")
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(_inert(letter) for letter in text)


def _inert(letter: str) -> str:
    if letter == "\\":
        return "\\\\"
    if letter.isprintable():
        return letter
    return "".join(f"\\x{byte:02x}" for byte in letter.encode("utf-8", "surrogateescape"))


def is_pattern(pattern: str) -> bool:
    """Whether a pattern has the place of the number exactly once, and no other brace."""
    rest = pattern.replace(PLACE, "", 1)
    return PLACE in pattern and not re.search(r"[{}]", rest) and pattern.isprintable()


def pattern_keys(pattern: str, start: int, stop: int) -> Iterator[bytes]:
    """The keys of a pattern from the start-th on: `user:{n}` gives user:0, user:1, ..."""
    return pattern_keys_at(pattern, range(start, stop))


def pattern_keys_at(pattern: str, positions: Iterable[int]) -> Iterator[bytes]:
    """The keys of a pattern at these positions."""
    head, tail = (part.encode() for part in pattern.split(PLACE))
    return (b"%b%d%b" % (head, n, tail) for n in positions)
