"""Checks and copies a file of keys: the one reader for the page, `ring import`, `ring place` and `ring diff`.

An empty file, an empty line, a line of more than 1,024 bytes, a repeated key, or too many keys or bytes are refused,
with the same message everywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from live.inert import shown
from live.refusals import Invalid
from live.wording import grouped
from ringviz.bounds import MAX_KEY_BYTES, MAX_KEY_FILE_GIB, MAX_KEYS
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Murmur
from ringviz.stores.keylines import KeyLines
from ringviz.stores.keysets import keys_between, mapped_bytes

_SHOWN_LETTERS = 80  # of a key in a message

Read = Callable[[int, int], None]  # called with the keys so far and the bytes of the file read for them


@dataclass(frozen=True, slots=True)
class CopiedKeys:
    """The keys one after the other in `blob`, the end of each, and their index for seed 0.

    `digest` is the same for the same keys, however they were packed, encoded and broken into lines; `converted`
    describes how they differ from the bytes of the file, or is empty.
    """

    digest: str
    blob: NDArray[np.uint8]
    ends: NDArray[np.uint64]
    index: KeyIndex
    converted: str

    def parts(self, size: int) -> Iterator[list[bytes]]:
        """All keys in the order of the file, `size` at a time."""
        for start in range(0, len(self.ends), size):
            yield list(keys_between(self.blob, self.ends, start, min(len(self.ends), start + size)))


def copy_keys(source: IO[bytes], copy: BinaryIO, *, binary: bool, read: Read) -> CopiedKeys:
    """Reads a file to its end, once and without seeking, and writes its keys to `copy`, a real file open for both.

    Memory: 12 bytes per key and a few megabytes; 36 bytes per key while the index is made. Raises Invalid for the field
    `file`, with the line number if one line is to blame.
    """
    lines = KeyLines(source, binary=binary)
    ends, hashes = [np.empty(0, np.uint64)], [np.empty(0, np.uint32)]
    count, at, sha = 0, 0, hashlib.sha256()
    for keys in lines:
        lengths = np.fromiter(map(len, keys), np.uint64, len(keys))
        _check(lengths, count, at)
        ends.append(np.cumsum(lengths) + np.uint64(at))
        hashes.append(Murmur().hash_many(keys))
        at += copy.write(b"".join(keys))
        sha.update(b"\n".join([*keys, b""]))
        count += len(keys)
        read(count, lines.read_bytes)
    if not count:
        raise empty_file()
    copy.flush()
    index = KeyIndex.build(np.concatenate(hashes))
    copied = CopiedKeys(sha.hexdigest(), mapped_bytes(copy), np.concatenate(ends), index, lines.converted)
    _refuse_doubles(copied)
    return copied


def empty_file() -> Invalid:
    """The error for a file without a key."""
    return Invalid("file", None, _("The file is empty. Choose a file with at least one key."))


def _check(lengths: NDArray[np.uint64], before: int, bytes_before: int) -> None:
    """Refuses the first line that cannot be a key; `before` lines were read already."""
    bad = np.flatnonzero((lengths == 0) | (lengths > MAX_KEY_BYTES))
    room = MAX_KEYS - before
    if len(bad) and bad[0] < room:
        number = before + int(bad[0]) + 1
        if lengths[bad[0]] == 0:
            raise Invalid("file", number, _("Line %(n)d is empty. Write one key a line.") % {"n": number})
        text = _("Line %(n)d has more than %(most)d bytes. Shorten it.")
        raise Invalid("file", number, text % {"n": number, "most": MAX_KEY_BYTES})
    if len(lengths) > room:
        text = _("The file has more than %(most)s keys. Split it.")
        raise Invalid("file", MAX_KEYS + 1, text % {"most": grouped(MAX_KEYS)})
    if bytes_before + int(lengths.sum()) > MAX_KEY_FILE_GIB << 30:
        raise Invalid(
            "file", None, _("The file has more than %(most)d GiB of keys. Split it.") % {"most": MAX_KEY_FILE_GIB}
        )


def _refuse_doubles(copied: CopiedKeys) -> None:
    """Reports the first line that repeats a key. Equal keys have equal hashes, so they are neighbours in the index."""
    index = copied.index

    def key(position: int) -> bytes:
        return next(keys_between(copied.blob, copied.ends, position, position + 1))

    later = np.flatnonzero(index.hashes[1:] == index.hashes[:-1]) + 1
    for place in later[np.argsort(index.order[later])].tolist():
        position = int(index.order[place])
        first = _same_before(index, place, key(position), key)
        if first is not None:
            text = _("Line %(n)d repeats the key %(key)s of line %(first)d. Name each key once.")
            values = {"n": position + 1, "first": first + 1, "key": shown(key(position))[:_SHOWN_LETTERS]}
            raise Invalid("file", position + 1, text % values)


def _same_before(index: KeyIndex, place: int, wanted: bytes, key: Callable[[int], bytes]) -> int | None:
    """The position of the same key among those of equal hash before a place in the index."""
    earlier = place - 1
    while earlier >= 0 and index.hashes[earlier] == index.hashes[place]:
        position = int(index.order[earlier])
        if key(position) == wanted:
            return position
        earlier -= 1
    return None
