"""What may be a lock, as Lua data: the clients' declarations in a form that a server can apply."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from locks.core.clients.declared import Shape
from locks.core.lookfor import Wanted

SCANNABLE = ("string", "hash", "zset", "set")
"""The types that a lock can have. Lists and streams accompany locks, and are read if a declaration asks for them."""


class Sieve(NamedTuple):
    """Lua text: `sieves`, what to keep of each type, and `only`, the hashes of which some fields matter; and the types
    to keep, for which SCAN runs.
    """

    sieves: str
    only: str
    types: tuple[str, ...]


def sieve(wanted: Iterable[Wanted]) -> Sieve:
    """The sieve for what is looked for, one `Wanted` per type."""
    by_type = {one.type: one for one in wanted if one.type in SCANNABLE}
    types = tuple(kind for kind in SCANNABLE if kind in by_type)
    parts = [f"[{_quoted(kind.encode())}] = {_of_type(by_type[kind])}" for kind in types]
    pairs = [f"{{{_quoted(prefix)}, {_quoted(_glob(part))}}}" for one in by_type.values() for prefix, part in one.only]
    return Sieve(f"local sieves = {{{', '.join(parts)}}}\n", f"local only = {{{', '.join(pairs)}}}\n", types)


def _of_type(wanted: Wanted) -> str:
    fields = [
        f"prefixes = {_by_byte(wanted.prefixes, 0)}",
        f"suffixes = {_by_byte(wanted.suffixes, -1)}",
        f"infixes = {_list(wanted.infixes)}",
        f"words = {_list(wanted.words)}",
        f"shaped = {'true' if wanted.shapes else 'false'}",
        f"most = {max((shape.most for shape in wanted.shapes), default=0)}",
        f"heard_up_to = {max((shape.most for shape in wanted.shapes if _word(shape.lua)), default=0)}",
        f"heard = {_list(sorted({_word(shape.lua) for shape in wanted.shapes} - {b''}))}",
        f"shapes = {_shapes(wanted.shapes)}",
        "plain = {}, all = {}",
    ]
    return f"{{{', '.join(fields)}}}"


def _by_byte(parts: Iterable[bytes], at: int) -> str:
    """A table by a part's first or last byte, so that an ordinary name is compared with few of them."""
    table: dict[int, set[bytes]] = {}
    for part in parts:
        table.setdefault(part[at], set()).add(part)
    return f"{{{', '.join(f'[{byte}] = {_list(sorted(some))}' for byte, some in sorted(table.items()))}}}"


def _shapes(shapes: Sequence[Shape]) -> str:
    """For each: least, most, pattern, its literal prefix, and whether `heard` has its word."""
    parts = (
        f"{{{shape.least}, {shape.most}, {_quoted(shape.lua.encode())}, {_literal(shape.lua)},"
        f" {'true' if _word(shape.lua) else 'false'}}}"
        for shape in shapes
    )
    return f"{{{', '.join(parts)}}}"


def _literal(lua: str) -> str:
    """The literal prefix of an unanchored pattern: a plain search for it is much faster than the pattern."""
    return _quoted(lua[0].encode()) if lua[0] not in "^$*+?.([%-" and lua[1:2] not in tuple("*?-") else "false"


def _word(lua: str) -> bytes:
    """The word, in lower case, that begins a pattern that takes both cases of each letter: `[Pp][Ii][Dd]`. It is
    searched in all values of a step at once.
    """
    begin = re.match(r"(?:\[[A-Z][a-z]\])*", lua)
    pairs = begin[0] if begin else ""
    word = pairs[2::4]
    return word.encode() if word.upper() == pairs[1::4] and lua[len(pairs) :][:1] not in tuple("*?-") else b""


def _list(parts: Iterable[bytes]) -> str:
    return f"{{{', '.join(map(_quoted, parts))}}}"


def _glob(part: bytes) -> bytes:
    """The MATCH pattern for text that contains a part."""
    return b"*" + re.sub(rb"([*?\[\]\\^])", rb"\\\1", part) + b"*"


def _quoted(raw: bytes) -> str:
    """A Lua string: every byte that is not a plain letter as its number."""
    return '"' + "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\{byte:03d}" for byte in raw) + '"'
