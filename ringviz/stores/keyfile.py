"""Turns a file of keys into the folder of a key set, completely or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ringviz.stores.keycopy import copy_keys
from ringviz.stores.keysets import Progress, folder, save_array, save_index

_LEFT_OVER_AFTER_S = 86_400


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The result: the name of its folder, how many keys it has, how they differ from the bytes of the file."""

    digest: str
    count: int
    converted: str


def read_key_file(source: BinaryIO, progress: Progress, *, binary: bool = False) -> ReadFile:
    """Reads all of a file and stores its keys. Progress is in keys; their total is estimated from the part of the file
    that was read. If the file cannot be sought, the total is unknown, and equals the keys so far.

    Raises Invalid, and uses memory, like `copy_keys`.
    """
    size = _size(source)

    def read(count: int, read_bytes: int) -> None:
        progress(count, round(count * max(1.0, size / max(1, read_bytes))))

    with _workshop() as work:
        with (work / "keys.bin").open("w+b") as copy:
            copied = copy_keys(source, copy, binary=binary, read=read)
        save_array(work / "ends.npy", copied.ends)
        save_index(work, 0, copied.index)
        _publish(work, copied.digest)
    return ReadFile(copied.digest, len(copied.ends), copied.converted)


def _size(source: BinaryIO) -> int:
    """The bytes of a file, which is then at its beginning; 0 if it cannot be sought."""
    if not source.seekable():
        return 0
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    return size


@contextmanager
def _workshop() -> Iterator[Path]:
    """A folder next to the key sets (the same file system, so that renaming is one step); deleted at the end."""
    parent = folder("").resolve()
    parent.mkdir(parents=True, exist_ok=True)
    _sweep(parent)
    work = Path(tempfile.mkdtemp(dir=parent, prefix=".import-"))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Removes what killed imports left."""
    for work in parent.glob(".import-*"):
        with suppress(FileNotFoundError):  # that import has ended by now
            if work.stat().st_mtime < time.time() - _LEFT_OVER_AFTER_S:
                shutil.rmtree(work, ignore_errors=True)


def _publish(work: Path, digest: str) -> None:
    """File by file, each atomically: an earlier import of the same keys has the same files, or lost some of them."""
    target = folder(digest)
    target.mkdir(exist_ok=True)
    for path in work.iterdir():
        os.replace(path, target / path.name)
