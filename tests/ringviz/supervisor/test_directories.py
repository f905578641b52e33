"""Which directory of a node is started again: never one that an interrupted start left half made."""

import shutil
from contextlib import suppress

import pytest

from fleet.hands import Hands
from ringviz.stores import passwords
from ringviz.supervisor.servers import NotYet, Servers, is_replica, note_start, owns_slots
from servers.driver.engine import Engine
from tests.processes import until


@pytest.mark.installation(nodes=3, keys=2_000)
def test_servers_come_back_from_the_directories_with_their_keys(real):
    """As if the first start had been interrupted before the servers knew each other, and then repeated."""
    real.equal()
    assert real.end_supervisor() == 0
    root = passwords.folder(real.known().cluster.pk)
    for number in (1, 2, 3):
        (root / f"{number}.1").rename(root / f"{number}.2")
        (root / f"{number}.1").mkdir()
    version = real.known().v
    real.supervise()
    assert sum(real.equal().values()) == 2_000
    assert not {"keys_refilled", "node_killed"} & {event.kind for event in real.events(version + 1)}


@pytest.mark.long
@pytest.mark.installation(nodes=3, keys=2_000)
def test_of_two_directories_that_own_buckets_the_newer_is_started(real):
    """As if a replica took over, and the supervisor died before it removed the dead server's directory."""
    real.equal()
    assert real.end_supervisor() == 0
    older = passwords.folder(real.known().cluster.pk) / "2.1"
    older.rename(newer := older.with_name("2.2"))
    shutil.copytree(newer, older, ignore=shutil.ignore_patterns("appendonlydir"))
    version = real.known().v
    real.supervise()
    assert sum(real.equal().values()) == 2_000
    until(lambda: not older.exists(), what="the older one deleted")  # the servers answer before that
    assert not {"keys_lost", "keys_refilled", "node_killed"} & {event.kind for event in real.events(version + 1)}


def test_a_start_that_is_not_allowed_leaves_no_directory(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.SERVER_STARTS_A_MINUTE = 1
    passwords.keep(7, "a-password-of-tests")
    servers = Servers(7, 0, Hands(), Engine("a-password-of-tests"), lambda _server: None)
    with suppress(NotYet):
        note_start()  # the one allowed start, unless another test used it
    with pytest.raises(NotYet):
        servers.begin_new(4)
    assert list(servers.directories()) == []


@pytest.mark.parametrize(
    ("line", "replica", "owns"),
    [
        ("a 127.0.0.1:1@2,,shard-id=b myself,master - 0 0 1 connected 0-5460 9000", False, True),
        ("a 127.0.0.1:1@2,,shard-id=b myself,master - 0 0 1 connected", False, False),
        ("a 127.0.0.1:1@2,,shard-id=b myself,master - 0 0 1 connected [77->-c]", False, False),
        ("a 127.0.0.1:1@2,,shard-id=b myself,slave c 0 0 1 connected", True, False),
    ],
)
def test_a_view_tells_what_its_server_was(tmp_path, line, replica, owns):
    other = "c 127.0.0.1:3@4,,shard-id=b slave d 0 0 2 connected 0-1"
    (tmp_path / "nodes.conf").write_text(f"{other}\n{line}\nvars currentEpoch 1 lastVoteEpoch 0\n")
    assert (is_replica(tmp_path), owns_slots(tmp_path)) == (replica, owns)


def test_a_server_that_never_answered_has_no_view(tmp_path):
    assert (is_replica(tmp_path), owns_slots(tmp_path)) == (False, False)
