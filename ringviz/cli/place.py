"""`manage.py ring place`: the owner of every key, without a database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from base64 import b64encode
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, TextIO

import numpy as np
from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from ringviz.cli.keyfiles import read_keys
from ringviz.cli.options import add_placement_arguments, strategy_asked
from ringviz.core.keys import KeyIndex
from ringviz.core.strategy import Strategy

Line = Callable[[bytes, str | None], bytes]


def add_arguments(parser: ArgumentParser) -> None:
    """The options of a placement, and the format of the output."""
    add_placement_arguments(parser)
    parser.add_argument("--json", action="store_true", help=_("one JSON object per line"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes `key<TAB>owner` lines in input order; the owner is empty if there is none.

    With --json a line is `{"key", "owner"}`, or `{"key_base64", "owner"}` for a key that is not valid UTF-8.
    """
    strategy = strategy_asked(options)
    write, line = _writer(out), _json_line if options["json"] else _tab_line
    parts: Iterable[list[bytes]] = read_keys(options)
    if not strategy.abilities.alone:  # then the owner of one key depends on all keys
        parts = [list(chain.from_iterable(parts))]
    for keys in parts:
        write(b"".join(map(line, keys, _owners(strategy, keys))))


def _owners(strategy: Strategy, keys: list[bytes]) -> Iterable[str | None]:
    names = [*(node.name for node in strategy.nodes), None]  # index -1 is no owner
    hashes = strategy.placement.hash_many(keys)
    if strategy.abilities.alone:
        owners = strategy.owners(hashes)
    else:
        index = KeyIndex.build(hashes)
        owners = np.empty(index.count, np.int32)
        owners[index.order] = strategy.owners_at(index, slice(None))
    return map(names.__getitem__, owners.tolist())


def _tab_line(key: bytes, owner: str | None) -> bytes:
    return b"%b\t%b\n" % (key, (owner or "").encode())


def _json_line(key: bytes, owner: str | None) -> bytes:
    try:
        shown = {"key": key.decode()}
    except UnicodeDecodeError:
        shown = {"key_base64": b64encode(key).decode()}
    return json.dumps({**shown, "owner": owner}, ensure_ascii=False).encode() + b"\n"


def _writer(out: OutputWrapper | TextIO) -> Callable[[bytes], object]:
    """Keys are bytes, so they bypass the text layer; a pure text stream gets them in Python's escapes."""
    buffer = getattr(out, "buffer", None)
    if buffer is None:
        return lambda data: out.write(data.decode(errors="surrogateescape"))
    out.flush()

    def write_all(data: bytes) -> None:
        rest = memoryview(data)
        while rest:  # an unbuffered stream (PYTHONUNBUFFERED) may write only a part
            rest = rest[buffer.write(rest) :]

    return write_all
