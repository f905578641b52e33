"""The arrays of a key set, on disk under DATA_DIR/keysets/<digest>/ and memory-mapped.

`hashes.<seed>.npy`, `order.<seed>.npy`   the index that movement works on, for a cluster's hash seed
`keys.bin`, `ends.npy`                    the keys of an imported file one after the other, and where each ends

What is made from something else (any index; all of a pattern) is made again when it is missing. Writers work beside it
and rename, so that a reader never meets half a file and two builders do no harm.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Murmur
from ringviz.core.text import pattern_keys
from ringviz.errors import NotFound
from ringviz.models import KeySet

_CHUNK = 1 << 18  # keys hashed between two reports of progress
_KEPT = 8  # key sets held open by a process

Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def folder(digest: str) -> Path:
    """Where a key set lies."""
    return Path(settings.DATA_DIR) / "keysets" / digest


def index_of(key_set: KeySet, seed: int, progress: Progress = silent) -> KeyIndex:
    """The key set sorted by hash. Made when it is missing: about 0.3 s a million keys. Raises NotFound as keys_at."""
    try:
        return _opened(folder(key_set.digest), seed)
    except (FileNotFoundError, EOFError, ValueError):  # not made yet, or what a power cut left of it
        _build(key_set, seed, progress)
        return _opened(folder(key_set.digest), seed)


def keys_at(key_set: KeySet, positions: Sequence[int] | NDArray[np.uint32]) -> list[bytes]:
    """The keys at these positions in the key set. Raises NotFound for a file whose keys are not on this disk."""
    wanted = np.asarray(positions, np.int64)
    if key_set.kind == KeySet.Kind.PATTERN:
        return [next(pattern_keys(key_set.pattern, position, position + 1)) for position in wanted.tolist()]
    blob, ends = _file_keys(key_set)
    starts = np.where(wanted > 0, ends[wanted - 1], np.uint64(0)) if len(ends) else wanted
    return [blob[low:high].tobytes() for low, high in zip(starts.tolist(), ends[wanted].tolist(), strict=True)]


def _file_keys(key_set: KeySet) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    path = folder(key_set.digest)
    try:
        return mapped_bytes(path / "keys.bin"), np.load(path / "ends.npy", mmap_mode="r")
    except FileNotFoundError:
        text = _("The keys of %(label)s are not on this disk any more. Import them again.")
        raise NotFound(text % {"label": key_set.label}) from None


def mapped_bytes(path: Path) -> NDArray[np.uint8]:
    """A file as it lies on disk; an empty one cannot be mapped. A plain array: ten times faster to take slices of."""
    return np.asarray(np.memmap(path, np.uint8, "r")) if path.stat().st_size else np.empty(0, np.uint8)


@lru_cache(maxsize=_KEPT)
def _opened(path: Path, seed: int) -> KeyIndex:
    """By the path, so that another DATA_DIR is another index. What is open stays good when its file is deleted."""
    hashes, order = (np.load(one, mmap_mode="r") for one in index_paths(path, seed))
    return KeyIndex(hashes, order)


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
    blob, ends = _file_keys(key_set)
    begin = int(ends[start - 1]) if start else 0
    chunk = blob[begin : int(ends[stop - 1])].tobytes()
    edges = [0, *(ends[start:stop] - np.uint64(begin)).tolist()]
    return (chunk[low:high] for low, high in pairwise(edges))


def save_index(path: Path, seed: int, index: KeyIndex) -> None:
    """Writes an index into a key set's folder, which is made if need be."""
    path.mkdir(parents=True, exist_ok=True)
    for file, array in zip(index_paths(path, seed), (index.hashes, index.order), strict=True):
        save_array(file, array)


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Writes an array so that its name never stands for half of it."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.save(file, array)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
