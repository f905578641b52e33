"""Reading a file of keys into a key set's folder: one key a line, plain or gzip, in bounded memory.

A key is a line without its line feed, whatever bytes it holds (a carriage return before it is part of the key). An
empty line, a line of more than 1,024 bytes and a key that stood before are refused with the line's number, and nothing
of the file is kept.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tempfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from ringviz.bounds import MAX_KEY_BYTES, MAX_KEYS
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Murmur
from ringviz.core.text import shown
from ringviz.errors import Invalid
from ringviz.stores.keysets import Progress, folder, save_array

_READ_BYTES = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What was read: the name of its folder and how many keys it holds."""

    digest: str
    count: int


def read_key_file(source: BinaryIO, progress: Progress) -> ReadFile:
    """Reads all of a seekable file and keeps its keys. Progress is in keys, their total as the part
    of the file that was read lets expect.

    Memory: 8 bytes a key and a few megabytes; 20 bytes a key while the index is made. Raises Invalid for the field
    `file`, with the number of the line that is to blame.
    """
    with _workshop() as work:
        digest, ends = _copy_keys(source, work / "keys.bin", progress)
        save_array(work / "ends.npy", ends)
        _index(work, ends)
        _publish(work, digest)
    return ReadFile(digest, len(ends))


@contextmanager
def _workshop() -> Iterator[Path]:
    """A folder beside the key sets (the same file system, so that renaming is one step); gone if not renamed."""
    parent = folder("").resolve()
    parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=parent, prefix=".import-"))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _publish(work: Path, digest: str) -> None:
    try:
        os.rename(work, folder(digest))
    except OSError:
        if not (folder(digest) / "ends.npy").exists():
            raise  # no earlier import of the same keys, but a disk that refuses


def _copy_keys(source: BinaryIO, blob: Path, progress: Progress) -> tuple[str, NDArray[np.uint64]]:
    total = source.seek(0, os.SEEK_END)
    source.seek(0)
    packed = source.read(2) == _GZIP_MAGIC
    source.seek(0)
    reader = cast(IO[bytes], gzip.GzipFile(fileobj=source)) if packed else source
    ends, at, sha = array("Q"), 0, hashlib.sha256()
    with blob.open("wb") as out:
        try:
            for lines in _lines(reader):
                for key in lines:
                    _check(key, len(ends) + 1)
                    at += len(key)
                    ends.append(at)
                out.write(b"".join(lines))
                sha.update(b"\n".join([*lines, b""]))
                progress(len(ends), round(len(ends) * max(1.0, total / max(1, source.tell()))))
        except (OSError, EOFError, zlib.error) as error:
            raise Invalid("file", None, _("The gzip file is damaged after line %(n)d.") % {"n": len(ends)}) from error
    return sha.hexdigest(), np.frombuffer(ends, np.uint64) if ends else np.empty(0, np.uint64)


def _lines(reader: IO[bytes]) -> Iterator[list[bytes]]:
    """The lines, about a megabyte at a time. A line without an end is given up as soon as it is too long."""
    rest = b""
    while chunk := reader.read(_READ_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > MAX_KEY_BYTES:
            lines.append(rest)
        yield lines
    if rest:
        yield [rest]


def _check(key: bytes, number: int) -> None:
    if not key:
        raise Invalid("file", number, _("Line %(n)d is empty. Write one key a line.") % {"n": number})
    if len(key) > MAX_KEY_BYTES:
        text = _("Line %(n)d has more than %(most)d bytes. Shorten it.")
        raise Invalid("file", number, text % {"n": number, "most": MAX_KEY_BYTES})
    if number > MAX_KEYS:
        text = _("The file has more than %(most)d keys. Split it.")
        raise Invalid("file", number, text % {"most": MAX_KEYS})


def _index(work: Path, ends: NDArray[np.uint64]) -> None:
    """The index for seed 0, and by it the keys that stand twice: equal keys have equal hashes and are neighbours."""
    blob = np.memmap(work / "keys.bin", np.uint8, "r") if len(ends) else np.empty(0, np.uint8)

    def key(position: int) -> bytes:
        return blob[int(ends[position - 1]) if position else 0 : int(ends[position])].tobytes()

    index = KeyIndex.build(Murmur().hash_many(key(position) for position in range(len(ends))))
    save_array(work / "hashes.0.npy", index.hashes)
    save_array(work / "order.0.npy", index.order)
    twice = _first_double(index, key)
    if twice:
        text = _("Line %(n)d repeats the key %(key)s of line %(first)d. Name each key once.")
        values = {"n": twice[1] + 1, "first": twice[0] + 1, "key": shown(key(twice[0]))[:80]}
        raise Invalid("file", twice[1] + 1, text % values)


def _first_double(index: KeyIndex, key: Callable[[int], bytes]) -> tuple[int, int] | None:
    """The positions of two equal keys, the second one the earliest there is."""
    starts = np.flatnonzero(np.diff(index.hashes, prepend=index.hashes[:1] ^ np.uint32(1)))
    lengths = np.diff(starts, append=index.count)
    found: list[tuple[int, int]] = []
    for start, length in zip(starts[lengths > 1].tolist(), lengths[lengths > 1].tolist(), strict=True):
        seen: dict[bytes, int] = {}
        for position in index.order[start : start + length].tolist():
            first = seen.setdefault(key(position), position)
            if first != position:
                found.append((first, position))
    return min(found, key=lambda pair: pair[1], default=None)
