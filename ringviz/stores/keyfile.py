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
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from live.wording import grouped
from ringviz.bounds import MAX_KEY_BYTES, MAX_KEY_FILE_GIB, MAX_KEYS
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Murmur
from ringviz.core.text import shown
from ringviz.errors import Invalid
from ringviz.stores.keysets import Progress, folder, mapped_bytes, save_array, save_index

_READ_BYTES = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b\x08"
_SHOWN_LETTERS = 80  # of a key in a message
_LEFT_OVER_AFTER_S = 86_400


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What was read: the name of its folder and how many keys it holds."""

    digest: str
    count: int


@dataclass(frozen=True, slots=True)
class _Copied:
    """The keys of a file: where each ends in the copy, its hash for seed 0, and a digest of them all."""

    digest: str
    ends: NDArray[np.uint64]
    hashes: NDArray[np.uint32]


def read_key_file(source: BinaryIO, progress: Progress) -> ReadFile:
    """Reads all of a seekable file and keeps its keys. Progress is in keys, their total as the part
    of the file that was read lets expect.

    Memory: 12 bytes a key and a few megabytes; 36 bytes a key while the index is made. Raises Invalid for the field
    `file`, with the number of the line that is to blame.
    """
    with _workshop() as work:
        copied = _copy_keys(source, work / "keys.bin", progress)
        index = KeyIndex.build(copied.hashes)
        _refuse_doubles(index, mapped_bytes(work / "keys.bin"), copied.ends)
        save_array(work / "ends.npy", copied.ends)
        save_index(work, 0, index)
        _publish(work, copied.digest)
    return ReadFile(copied.digest, len(copied.ends))


@contextmanager
def _workshop() -> Iterator[Path]:
    """A folder beside the key sets (the same file system, so that renaming is one step); gone at the end."""
    parent = folder("").resolve()
    parent.mkdir(parents=True, exist_ok=True)
    _sweep(parent)
    work = Path(tempfile.mkdtemp(dir=parent, prefix=".import-"))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Removes what imports left that were killed."""
    for work in parent.glob(".import-*"):
        with suppress(FileNotFoundError):  # that import has ended by now
            if work.stat().st_mtime < time.time() - _LEFT_OVER_AFTER_S:
                shutil.rmtree(work, ignore_errors=True)


def _publish(work: Path, digest: str) -> None:
    """File by file, each whole: an earlier import of the same keys has the same files, or lost some of them."""
    target = folder(digest)
    target.mkdir(exist_ok=True)
    for path in work.iterdir():
        os.replace(path, target / path.name)


def _copy_keys(source: BinaryIO, blob: Path, progress: Progress) -> _Copied:
    size = source.seek(0, os.SEEK_END)
    ends, hashes = [np.empty(0, np.uint64)], [np.empty(0, np.uint32)]
    count, at, sha = 0, 0, hashlib.sha256()
    with blob.open("wb") as out:
        try:
            for lines in _lines(_unpacked(source)):
                lengths = np.fromiter(map(len, lines), np.uint64, len(lines))
                _check(lengths, count, at)
                ends.append(np.cumsum(lengths) + np.uint64(at))
                hashes.append(Murmur().hash_many(lines))
                at += out.write(b"".join(lines))
                count += len(lines)
                sha.update(b"\n".join([*lines, b""]))
                progress(count, round(count * max(1.0, size / max(1, source.tell()))))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise Invalid("file", None, _("The gzip file is damaged after line %(n)d.") % {"n": count}) from error
    return _Copied(sha.hexdigest(), np.concatenate(ends), np.concatenate(hashes))


def _unpacked(source: BinaryIO) -> IO[bytes]:
    """The file from its beginning, through gzip where it says so."""
    source.seek(0)
    packed = source.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    source.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=source)) if packed else source


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


def _refuse_doubles(index: KeyIndex, blob: NDArray[np.uint8], ends: NDArray[np.uint64]) -> None:
    """Names the first line whose key stood before. Equal keys have equal hashes, and are neighbours in the index."""

    def key(position: int) -> bytes:
        return blob[int(ends[position - 1]) if position else 0 : int(ends[position])].tobytes()

    later = np.flatnonzero(index.hashes[1:] == index.hashes[:-1]) + 1
    for place in later[np.argsort(index.order[later])].tolist():
        position = int(index.order[place])
        first = _same_before(index, place, key(position), key)
        if first is not None:
            text = _("Line %(n)d repeats the key %(key)s of line %(first)d. Name each key once.")
            values = {"n": position + 1, "first": first + 1, "key": shown(key(position))[:_SHOWN_LETTERS]}
            raise Invalid("file", position + 1, text % values)


def _same_before(index: KeyIndex, place: int, wanted: bytes, key: Callable[[int], bytes]) -> int | None:
    """The position of the same key among those of equal hash that stand before a place of the index."""
    earlier = place - 1
    while earlier >= 0 and index.hashes[earlier] == index.hashes[place]:
        position = int(index.order[earlier])
        if key(position) == wanted:
            return position
        earlier -= 1
    return None
