"""Space on a small disk: a warning before it is full, a reserve of exactly its stated size, and failed writes."""

import os

import pytest

from ringviz.stores.room import release, reserve, room_of, tried
from tests.faults import disk_filled, read_only, small_disk

MIB = 2**20


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "room", 32) as path:
        yield path


def take(path, size):
    path.write_bytes(b"\1" * size)


def test_a_warning_comes_before_there_is_no_room(disk):
    assert (room_of(disk).state, tried(disk).state) == ("enough", "enough")
    take(disk / "some", 30 * MIB)
    found = tried(disk)
    assert (found.state, found.is_writable, found.free) == ("low", True, 2 * MIB)
    take(disk / "more", MIB + MIB // 2)
    assert (tried(disk).state, room_of(disk).state) == ("full", "full")
    for name in ("some", "more"):
        (disk / name).unlink()
    with disk_filled(disk):
        found = tried(disk)
        assert (found.state, found.is_writable, found.free) == ("full", False, 0)
    assert os.listdir(disk) == []


def test_the_reserve_is_room_that_is_there_when_it_is_given_back(disk):
    before = room_of(disk).free
    assert reserve(disk)
    taken = before - room_of(disk).free
    assert taken >= (disk / "reserve").stat().st_size > MIB
    assert reserve(disk), "it is there already"
    assert room_of(disk).free == before - taken
    with disk_filled(disk):
        assert not tried(disk).is_writable
        assert release(disk)
        assert (tried(disk).is_writable, room_of(disk).free) == (True, taken)
        assert (reserve(disk), release(disk)) == (False, False), "nothing is taken from a disk that is full"
    assert os.listdir(disk) == []


def test_a_read_only_folder_is_no_room(disk):
    folder = disk / "servers"
    (folder / "1.1").mkdir(parents=True)
    with read_only(folder):
        assert (room_of(folder).state, tried(folder).state) == ("read-only", "read-only")
        assert not release(folder)
    assert tried(folder).state == "enough"
    assert room_of(folder / "not" / "there").folder == str(folder)
