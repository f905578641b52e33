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
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Murmur
from ringviz.core.text import pattern_keys
from ringviz.models import KeySet

_CHUNK = 1 << 18  # keys hashed between two reports of progress
_KEPT = 8  # key sets held open by a process

Progress = Callable[[int, int], None]


def _silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def folder(digest: str) -> Path:
    """Where a key set lies."""
    return Path(settings.DATA_DIR) / "keysets" / digest


def index_of(key_set: KeySet, seed: int, progress: Progress = _silent) -> KeyIndex:
    """The key set sorted by hash. Made when it is missing: about 0.3 s a million keys."""
    return _index(key_set.digest, key_set.pattern, key_set.count, seed, progress)


def keys_at(key_set: KeySet, positions: Sequence[int] | NDArray[np.uint32]) -> list[bytes]:
    """The keys at these positions in the key set."""
    wanted = [int(position) for position in positions]
    if key_set.kind == KeySet.Kind.PATTERN:
        return [next(pattern_keys(key_set.pattern, position, position + 1)) for position in wanted]
    blob, ends = _file_keys(key_set.digest)
    return [blob[int(ends[position - 1]) if position else 0 : int(ends[position])].tobytes() for position in wanted]


def _file_keys(digest: str) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    path = folder(digest) / "keys.bin"
    blob = np.memmap(path, np.uint8, "r") if path.stat().st_size else np.empty(0, np.uint8)
    return blob, np.load(folder(digest) / "ends.npy", mmap_mode="r")


def _index(digest: str, pattern: str, count: int, seed: int, progress: Progress) -> KeyIndex:
    if (digest, seed) not in _known:
        _build_missing(digest, pattern, count, seed, progress)
        _known.add((digest, seed))
    return _opened(digest, seed)


_known: set[tuple[str, int]] = set()


@lru_cache(maxsize=_KEPT)
def _opened(digest: str, seed: int) -> KeyIndex:
    hashes, order = (np.load(path, mmap_mode="r") for path in _index_paths(digest, seed))
    return KeyIndex(hashes, order)


def _index_paths(digest: str, seed: int) -> tuple[Path, Path]:
    return folder(digest) / f"hashes.{seed}.npy", folder(digest) / f"order.{seed}.npy"


def _build_missing(digest: str, pattern: str, count: int, seed: int, progress: Progress) -> None:
    paths = _index_paths(digest, seed)
    if all(path.exists() for path in paths):
        return
    folder(digest).mkdir(parents=True, exist_ok=True)
    hashes = np.empty(count, np.uint32)
    placement = Murmur(seed=seed)
    for start in range(0, count, _CHUNK):
        stop = min(count, start + _CHUNK)
        hashes[start:stop] = placement.hash_many(list(_keys_between(digest, pattern, start, stop)))
        progress(stop, count)
    index = KeyIndex.build(hashes)
    for path, array in zip(paths, (index.hashes, index.order), strict=True):
        save_array(path, array)


def _keys_between(digest: str, pattern: str, start: int, stop: int) -> Iterator[bytes]:
    if pattern:
        yield from pattern_keys(pattern, start, stop)
        return
    blob, ends = _file_keys(digest)
    begin = int(ends[start - 1]) if start else 0
    for end in ends[start:stop].tolist():
        yield blob[begin:end].tobytes()
        begin = end


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
