"""The arrays of a key set on disk: made when missing, never seen half made, separate for each data folder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Barrier

import mmh3
import numpy as np
import pytest

from ringviz.errors import NotFound
from ringviz.models import KeySet
from ringviz.stores import keysets as store
from ringviz.stores.keyfile import read_key_file
from ringviz.stores.keysets import (
    folder,
    index_of,
    keys_at,
    keys_in_buckets,
    rounded_index_of,
    save_array,
    silent,
)

KEYS = [b"user:%d" % n for n in range(1000)]


def pattern_set(count: int = 1000, digest: str = "p") -> KeySet:
    return KeySet(kind="pattern", pattern="user:{n}", count=count, digest=digest)


def file_set(keys: list[bytes] = KEYS) -> KeySet:
    read = read_key_file(BytesIO(b"\n".join(keys)), silent)
    return KeySet(kind="file", label="some.txt", count=read.count, digest=read.digest)


def forget() -> None:
    """Drops what a process holds open."""
    store._opened.cache_clear()
    store._rounded.cache_clear()


def files(digest: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder(digest).iterdir()}


both_kinds = pytest.mark.parametrize("make", [pattern_set, file_set], ids=["pattern", "file"])


@both_kinds
@pytest.mark.parametrize("seed", [0, 7])
def test_an_index_is_the_sorted_hashes_and_where_their_keys_stand(make, seed):
    index = index_of(make(), seed)
    expected = sorted((mmh3.hash(key, seed, False), place) for place, key in enumerate(KEYS))
    assert list(zip(index.hashes.tolist(), index.order.tolist(), strict=True)) == expected


@both_kinds
def test_keys_are_found_by_their_positions_in_any_order(make):
    key_set = make()
    assert keys_at(key_set, [999, 0, 5, 5]) == [KEYS[999], KEYS[0], KEYS[5], KEYS[5]]
    assert keys_at(key_set, index_of(key_set, 0).order) == sorted(KEYS, key=lambda key: mmh3.hash(key, 0, False))
    assert keys_at(key_set, []) == []


@both_kinds
@pytest.mark.parametrize("chunk", [7, 999, 1000, 1001])
def test_keys_are_hashed_in_parts_of_any_size(monkeypatch, make, chunk):
    monkeypatch.setattr(store, "_CHUNK", chunk)
    seen: list[tuple[int, int]] = []
    index = index_of(make(), 3, lambda done, total: seen.append((done, total)))
    assert index.hashes.tolist() == sorted(mmh3.hash(key, 3, False) for key in KEYS)
    assert seen[-1] == (1000, 1000)
    assert len(seen) == -(-1000 // chunk)


def test_no_keys_are_an_empty_index():
    assert index_of(pattern_set(count=0), 0).count == 0


def test_what_is_made_is_opened_again_without_being_made_again(monkeypatch):
    index_of(pattern_set(), 0)
    forget()
    monkeypatch.setattr(store, "_build", lambda *_: pytest.fail("built twice"))
    assert index_of(pattern_set(), 0).count == 1000


@pytest.mark.parametrize("lost", [["hashes.0.npy"], ["order.0.npy"], ["hashes.0.npy", "order.0.npy"]])
def test_what_is_missing_is_made_again(lost):
    index_of(pattern_set(), 0)
    whole = files("p")
    for name in lost:
        (folder("p") / name).unlink()
    forget()
    assert index_of(pattern_set(), 0).count == 1000
    assert files("p") == whole


@pytest.mark.parametrize("rest", [0, 40, 500])
def test_what_a_power_cut_left_is_made_again(rest):
    index_of(pattern_set(), 0)
    whole = files("p")
    forget()
    (folder("p") / "order.0.npy").write_bytes(whole["order.0.npy"][:rest])
    assert index_of(pattern_set(), 0).count == 1000
    assert files("p") == whole


def test_an_open_index_outlives_its_files():
    index = index_of(pattern_set(), 0)
    for path in list(folder("p").iterdir()):
        path.unlink()
    assert index_of(pattern_set(), 0) is index
    assert index.hashes[0] == min(mmh3.hash(key, 0, False) for key in KEYS)


def test_another_data_folder_is_another_index(settings, tmp_path):
    assert index_of(pattern_set(), 0).count == 1000
    settings.DATA_DIR = tmp_path / "other"
    assert index_of(pattern_set(count=10), 0).count == 10


def test_a_file_whose_keys_are_gone_says_to_import_them_again():
    key_set = file_set()
    (folder(key_set.digest) / "keys.bin").unlink()
    with pytest.raises(NotFound, match=r"keys of some\.txt are no longer on this disk. Import them again"):
        keys_at(key_set, [0])
    with pytest.raises(NotFound):
        index_of(key_set, 99)
    assert index_of(key_set, 0).count == 1000, "the index of seed 0 does without them"


def test_two_builders_at_once_do_no_harm(monkeypatch):
    meet, build = Barrier(2), store._build

    def together(*given) -> None:
        meet.wait()
        build(*given)

    monkeypatch.setattr(store, "_build", together)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _n: index_of(pattern_set(), 4), range(2))
    assert first.hashes.tolist() == second.hashes.tolist()
    assert sorted(files("p")) == ["hashes.4.npy", "order.4.npy"]


def test_an_array_that_cannot_be_written_leaves_nothing(monkeypatch, tmp_path):
    def full(*_given) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="No space"):
        save_array(Path(tmp_path) / "x.npy", np.arange(3))
    assert list(Path(tmp_path).iterdir()) == []


@both_kinds
@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("chunk", [1, 7, 5000])
@pytest.mark.parametrize(("first", "last"), [(0, 16_383), (100, 9_000), (16_000, 16_383), (5, 5)])
def test_the_keys_of_buckets_come_once_each_by_bucket(make, seed, chunk, first, last):
    parts = list(keys_in_buckets(make(), seed, first, last, chunk))
    hashed = sorted((mmh3.hash(key, seed, False), key) for key in KEYS)
    wanted = [(hash_ >> 18, key) for hash_, key in hashed if first <= hash_ >> 18 <= last]
    assert [pair for part in parts for pair in part] == wanted
    assert all(len(part) == chunk for part in parts[:-1])
    assert all(0 < len(part) <= chunk for part in parts)


def test_the_keys_of_the_bucket_of_a_key_are_with_it_at_its_edges():
    bucket = mmh3.hash(KEYS[0], 0, False) >> 18
    assert (bucket, KEYS[0]) in next(keys_in_buckets(pattern_set(), 0, bucket, bucket, 10))
    for first, last in ((bucket + 1, 16_383), (0, bucket - 1)):
        found = [key for part in keys_in_buckets(pattern_set(), 0, first, last, 100) for _bucket, key in part]
        assert KEYS[0] not in found
        assert found


@pytest.mark.parametrize("asked", [(-1, 5, 1), (0, 16_384, 1), (6, 5, 1), (0, 5, 0)])
def test_what_are_no_buckets_is_refused(asked):
    with pytest.raises(ValueError, match="no buckets"):
        next(keys_in_buckets(pattern_set(), 0, *asked))


def test_a_rounded_index_has_the_same_order_and_is_made_once():
    index, rounded = index_of(pattern_set(), 7), rounded_index_of(pattern_set(), 7)
    assert rounded.hashes.tolist() == [hash_ >> 18 << 18 for hash_ in index.hashes.tolist()]
    assert rounded.order is index.order
    assert rounded_index_of(pattern_set(), 7) is rounded
