"""What the supervisor notes about replicas while their primaries live: which are full copies, in memory and on disk."""

from dataclasses import replace
from typing import Any

import pytest

from ringviz.supervisor.copies import NOTE, Copies, Copy
from ringviz.supervisor.servers import Server
from servers.address import Address
from servers.driver.copying import Link, link_of

NO_CHILD: Any = None
AT = Address("127.0.0.1", 7001)
UP = Link(follows=AT, up=True, syncing=False, offset=70, kept=True)
DOWN = replace(UP, up=False)


@pytest.fixture
def primary(tmp_path):
    return Server(1, AT, 17001, tmp_path / "1.1", NO_CHILD)


@pytest.fixture
def replica(tmp_path):
    (tmp_path / "1.2").mkdir()
    return Server(1, Address("127.0.0.1", 7002), 17002, tmp_path / "1.2", NO_CHILD)


@pytest.fixture
def copies():
    return Copies()


def test_a_replica_is_a_copy_once_its_link_is_up(copies, primary, replica):
    copies.seen(replica, primary, DOWN, primary_answers=True)
    assert copies.of(replica) is None
    copies.seen(replica, primary, UP, primary_answers=True)
    assert copies.of(replica).offset == 70


def test_a_link_to_somebody_else_makes_no_copy(copies, primary, replica):
    """A new server follows any primary for a moment, before it is told its own."""
    copies.seen(replica, primary, replace(UP, follows=Address("127.0.0.1", 7009)), primary_answers=True)
    assert copies.of(replica) is None


def test_a_link_that_is_down_ends_it_only_where_the_primary_lives_on(copies, primary, replica):
    copies.seen(replica, primary, UP, primary_answers=True)
    for _look in range(5):
        copies.seen(replica, primary, DOWN, primary_answers=False)
    assert copies.of(replica) is not None, "the primary is silent too"
    copies.seen(replica, primary, DOWN, primary_answers=True)
    assert copies.of(replica) is not None, "it may have died within the look"
    copies.seen(replica, primary, DOWN, primary_answers=True)
    assert copies.of(replica) is None


def test_a_link_that_comes_back_is_doubted_no_more(copies, primary, replica):
    for link in (UP, DOWN, UP, DOWN):
        copies.seen(replica, primary, link, primary_answers=True)
    assert copies.of(replica) is not None


def test_who_is_silent_stays_what_it_was(copies, primary, replica):
    copies.seen(replica, primary, UP, primary_answers=True)
    for _look in range(5):
        copies.seen(replica, primary, None, primary_answers=True)
    assert copies.of(replica) is not None


def test_after_the_death_of_the_primary_nothing_that_is_seen_counts(copies, primary, replica):
    copies.seen(replica, primary, UP, primary_answers=True)
    primary.ended.set()
    for _look in range(5):
        copies.seen(replica, primary, DOWN, primary_answers=True)
    assert copies.of(replica) is not None
    copies.drop(replica)
    copies.seen(replica, primary, UP, primary_answers=True)
    assert copies.of(replica) is None


def test_a_look_before_a_kill_leaves_no_doubt(copies, primary, replica):
    copies.seen(replica, primary, UP, primary_answers=True)
    copies.looked_at(replica, primary, DOWN)
    assert copies.of(replica) is None


def test_a_directory_is_a_copy_once_it_has_everything_and_stays_one(copies, primary, replica):
    note = replica.directory / NOTE
    copies.seen(replica, primary, replace(UP, kept=False), primary_answers=True)
    assert not copies.of(replica).kept
    assert not note.exists()
    copies.seen(replica, primary, UP, primary_answers=True)
    assert note.exists()
    copies.seen(replica, primary, replace(UP, kept=False), primary_answers=True)
    assert copies.of(replica).kept, "its file is written anew, and the old one is there until that is done"
    copies.drop(replica)
    assert not note.exists()


def test_another_supervisor_knows_a_directory_that_is_a_copy(copies, primary, replica):
    copies.seen(replica, primary, UP, primary_answers=True)
    later, again = Copies(), replace(replica)
    later.begun(again)
    assert later.of(again) == Copy(offset=70, kept=True)
    copies.drop(replica)
    later, again = Copies(), replace(replica)
    later.begun(again)
    assert later.of(again) is None


def test_what_is_started_from_its_directory_is_a_copy_if_that_is_one(copies, primary, replica):
    copies.seen(replica, primary, replace(UP, kept=False), primary_answers=True)
    copies.begun(again := replace(replica), before=replica)
    assert (copies.of(replica), copies.of(again)) == (None, None)


INFO = {
    "role": "slave",
    "master_host": "127.0.0.1",
    "master_port": 7001,
    "master_link_status": "up",
    "master_sync_in_progress": 0,
    "slave_repl_offset": 70,
    "master_repl_offset": 70,
    "aof_enabled": 1,
    "aof_rewrite_in_progress": 0,
    "aof_rewrite_scheduled": 0,
    "aof_last_bgrewrite_status": "ok",
    "aof_last_write_status": "ok",
}


@pytest.mark.parametrize(
    ("said", "link"),
    [
        ({}, UP),
        ({"master_link_status": "down", "master_sync_in_progress": 1}, replace(DOWN, syncing=True)),
        ({"aof_rewrite_in_progress": 1}, replace(UP, kept=False)),
        ({"aof_rewrite_scheduled": 1}, replace(UP, kept=False)),
        ({"aof_enabled": 0}, replace(UP, kept=False)),
        ({"aof_last_write_status": "err"}, replace(UP, kept=False)),
        ({"aof_last_bgrewrite_status": "err"}, replace(UP, kept=False)),
        ({"role": "master"}, replace(UP, follows=None, up=False)),
    ],
)
def test_what_a_server_says_of_its_copy(said, link):
    assert link_of({**INFO, **said}) == link
