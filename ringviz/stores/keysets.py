"""The arrays of a key set, on disk under DATA_DIR/keysets/<digest>/ and memory-mapped.

`hashes.<seed>.npy`, `order.<seed>.npy`   the index that movement works on, for a cluster's hash seed
`keys.bin`, `ends.npy`                    the keys of an imported file one after the other, and where each ends

Whatever can be derived (any index; everything of a pattern) is rebuilt if it is missing. Writers write to a temporary
file and rename it, so a reader never sees half a file and two builders do no harm.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from ringviz.core.buckets import BUCKET_SHIFT, BUCKETS
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Murmur, rounded
from ringviz.core.text import pattern_keys, pattern_keys_at
from ringviz.errors import NotFound
from ringviz.models import KeySet

_CHUNK = 1 << 18  # keys hashed between two reports of progress
_KEPT = 8  # key sets held open by a process

Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Reports progress to nobody."""


def folder(digest: str) -> Path:
    """The folder of a key set."""
    return Path(settings.DATA_DIR) / "keysets" / digest


def index_of(key_set: KeySet, seed: int, progress: Progress = silent) -> KeyIndex:
    """The key set sorted by hash.

    Built if it is missing: about 0.3 s per million keys. Raises NotFound like keys_at.
    """
    try:
        return _opened(folder(key_set.digest), seed)
    except (FileNotFoundError, EOFError, ValueError):  # not built yet, or damaged by a power cut
        _build(key_set, seed, progress)
        return _opened(folder(key_set.digest), seed)


def rounded_index_of(key_set: KeySet, seed: int) -> KeyIndex:
    """The same with every hash rounded down to its bucket's start; kept in memory. Raises NotFound like keys_at."""
    index_of(key_set, seed)
    return _rounded(folder(key_set.digest), seed)


def keys_in_buckets(key_set: KeySet, seed: int, first: int, last: int, chunk: int) -> Iterator[list[tuple[int, bytes]]]:
    """(bucket, key) of every key in the buckets first..last, at most `chunk` (1 or more) at a time.

    Ascending by bucket, then by hash. About 0.2 s per million keys of a pattern, 0.5 s of a file. Raises ValueError for
    invalid buckets or chunks, NotFound like keys_at; both at the first step.
    """
    if not 0 <= first <= last < BUCKETS or chunk < 1:
        raise ValueError(f"no buckets {first} to {last} by {chunk}")
    index = index_of(key_set, seed)
    edges = np.array([first << BUCKET_SHIFT, (last + 1 << BUCKET_SHIFT) - 1], np.uint32)
    begin, end = np.searchsorted(index.hashes, edges[:1])[0], index.places(edges[1:])[0]
    for start in range(int(begin), int(end), chunk):
        part = slice(start, min(start + chunk, int(end)))
        buckets = (index.hashes[part] >> np.uint32(BUCKET_SHIFT)).tolist()
        yield list(zip(buckets, keys_at(key_set, index.order[part]), strict=True))


def keys_at(key_set: KeySet, positions: Sequence[int] | NDArray[np.uint32]) -> list[bytes]:
    """The keys at these positions in the key set. Raises NotFound if a file's keys are not on this disk."""
    wanted = np.asarray(positions, np.int64)
    if key_set.kind == KeySet.Kind.PATTERN:
        return list(pattern_keys_at(key_set.pattern, wanted.tolist()))
    blob, ends = _file_keys(key_set)
    starts = np.where(wanted > 0, ends[wanted - 1], np.uint64(0)) if len(ends) else wanted
    return [blob[low:high].tobytes() for low, high in zip(starts.tolist(), ends[wanted].tolist(), strict=True)]


def _file_keys(key_set: KeySet) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    path = folder(key_set.digest)
    try:
        with (path / "keys.bin").open("rb") as file:
            return mapped_bytes(file), np.load(path / "ends.npy", mmap_mode="r")
    except FileNotFoundError:
        text = _("The keys of %(label)s are no longer on this disk. Import them again.")
        raise NotFound(text % {"label": key_set.label}) from None


def mapped_bytes(file: BinaryIO) -> NDArray[np.uint8]:
    """A file as it is on disk; an empty one cannot be mapped. A plain array, because slicing it is ten times faster."""
    if not os.fstat(file.fileno()).st_size:
        return np.empty(0, np.uint8)
    return np.asarray(np.memmap(file, np.uint8, "r"))


@lru_cache(maxsize=_KEPT)
def _opened(path: Path, seed: int) -> KeyIndex:
    """By path, so another DATA_DIR is another index. An open file stays valid when it is deleted."""
    hashes, order = (np.load(one, mmap_mode="r") for one in index_paths(path, seed))
    return KeyIndex(hashes, order)


@lru_cache(maxsize=_KEPT)
def _rounded(path: Path, seed: int) -> KeyIndex:
    index = _opened(path, seed)
    return KeyIndex(rounded(index.hashes, BUCKET_SHIFT), index.order)


def index_paths(path: Path, seed: int) -> tuple[Path, Path]:
    """The files of a key set's hashes and of their order, in its folder."""
    return path / f"hashes.{seed}.npy", path / f"order.{seed}.npy"


def _build(key_set: KeySet, seed: int, progress: Progress) -> None:
    hashes = np.empty(key_set.count, np.uint32)
    placement = Murmur(seed=seed)
    for start in range(0, key_set.count, _CHUNK):
        stop = min(key_set.count, start + _CHUNK)
        hashes[start:stop] = placement.hash_many(list(_keys_between(key_set, start, stop)))
        progress(stop, key_set.count)
    save_index(folder(key_set.digest), seed, KeyIndex.build(hashes))


def _keys_between(key_set: KeySet, start: int, stop: int) -> Iterator[bytes]:
    if key_set.kind == KeySet.Kind.PATTERN:
        return pattern_keys(key_set.pattern, start, stop)
    return keys_between(*_file_keys(key_set), start, stop)


def keys_between(blob: NDArray[np.uint8], ends: NDArray[np.uint64], start: int, stop: int) -> Iterator[bytes]:
    """The keys at these positions (start below stop) in `blob`, where keys follow one another."""
    begin = int(ends[start - 1]) if start else 0
    chunk = blob[begin : int(ends[stop - 1])].tobytes()
    edges = [0, *(ends[start:stop] - np.uint64(begin)).tolist()]
    return (chunk[low:high] for low, high in pairwise(edges))


def save_index(path: Path, seed: int, index: KeyIndex) -> None:
    """Writes an index to a key set's folder, and creates the folder if needed."""
    path.mkdir(parents=True, exist_ok=True)
    for file, array in zip(index_paths(path, seed), (index.hashes, index.order), strict=True):
        save_array(file, array)


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Writes an array so that its name never refers to half of it."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.save(file, array)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
