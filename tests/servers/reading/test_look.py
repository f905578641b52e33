"""What a reader reports about a real cluster, and what it does not do."""

from __future__ import annotations

import asyncio

import pytest

from servers.address import Address
from servers.guard import rules
from servers.guard.door import Door, Target
from servers.reading.agreeing import Dissent
from servers.reading.connection import Login, Question
from servers.reading.look import ClusterLook, Reader, SilentCluster, look_once
from tests.ports import free_ports
from tests.processes import until
from tests.servers.reading.foreign import KEYS, PASSWORD, RANGES, Foreign, foreign_cluster
from tests.servers.reading.impostor import Impostor, Listening
from tests.servers.reading.told import Told, captured, line

LOGIN = Login(password=PASSWORD)
HERE = Door(rules.parse(["127.0.0.0/8"]), frozenset())
READS = {"cluster|nodes", "info", "dbsize", "auth"}


def look(reader: Reader, door: Door = HERE, timeout_s: float = 2) -> ClusterLook:
    """One look, and the connections closed."""

    async def once() -> ClusterLook:
        try:
            return await reader.look(door, timeout_s)
        finally:
            reader.close()

    return asyncio.run(once())


def test_the_map_is_the_cluster_s(shared_foreign):
    found = look_once(Reader(shared_foreign[0].target, LOGIN), HERE, 2)
    assert {member.id: member.ranges for member in found.members} == {
        server.id: (span,) for server, span in zip(shared_foreign, RANGES, strict=True)
    }
    assert {str(member.address) for member in found.members} == {str(server.target) for server in shared_foreign}
    assert not any(member.failed for member in found.members)
    assert found.measured == {}


def test_what_each_server_stores_is_what_it_says(shared_foreign):
    found = look(Reader(shared_foreign[1].target, LOGIN))
    assert {id_: one.keys for id_, one in found.measured.items()} == {
        server.id: server.client.dbsize() for server in shared_foreign
    }
    assert sum(one.keys or 0 for one in found.measured.values()) == KEYS
    assert all((one.bytes or 0) > 500_000 and one.limit == 0 for one in found.measured.values())


def test_only_commands_that_read_are_sent(shared_foreign):
    before = {server.port: _calls(server) for server in shared_foreign}
    reader = Reader(shared_foreign[0].target, LOGIN)
    look(reader)
    look(reader)
    for server in shared_foreign:
        sent = {name for name, calls in _calls(server).items() if calls > before[server.port].get(name, 0)}
        assert sent <= READS
        assert "auth" in sent, "the test must see what the reader does"


def _calls(server: Foreign) -> dict[str, int]:
    """How often each command was called, but for what this question itself is."""
    stats = server.client.info("commandstats")
    return {name.removeprefix("cmdstat_"): one["calls"] for name, one in stats.items()}


def test_the_module_knows_no_command_that_changes():
    words = {b" ".join(command.value).decode().lower() for command in Question}
    assert words == {"cluster nodes", "dbsize", "info keyspace", "info memory"}


def test_a_user_who_may_not_ask_for_info_gets_counts_all_the_same(shared_foreign):
    for server in shared_foreign:
        server.client.execute_command("ACL SETUSER", "looker", "on", ">pw", "+cluster|nodes", "+dbsize")
    try:
        found = look(Reader(shared_foreign[0].target, Login("looker", "pw")))
    finally:
        for server in shared_foreign:
            server.client.execute_command("ACL DELUSER", "looker")
    assert sum(one.keys or 0 for one in found.measured.values()) == KEYS
    assert {one.bytes for one in found.measured.values()} == {None}
    assert found.lacks == {"INFO"}


def test_a_user_who_may_not_ask_for_the_map_is_told_so(shared_foreign):
    for server in shared_foreign:
        server.client.execute_command("ACL SETUSER", "counter", "on", ">pw", "+info")
    try:
        with pytest.raises(SilentCluster) as caught:
            look_once(Reader(shared_foreign[0].target, Login("counter", "pw")), HERE, 5)
    finally:
        for server in shared_foreign:
            server.client.execute_command("ACL DELUSER", "counter")
    assert caught.value.lacks == {"CLUSTER NODES"}


def test_open_slots_are_those_that_each_primary_tells_of_itself(shared_foreign):
    source, target, teller = shared_foreign
    try:
        target.client.execute_command("CLUSTER SETSLOT", 7, "IMPORTING", source.id)
        source.client.execute_command("CLUSTER SETSLOT", 7, "MIGRATING", target.id)
        for asked in (teller, source):
            found = look(Reader(asked.target, LOGIN), timeout_s=30)
            assert found.measured.keys() == {source.id, target.id, teller.id}
            marks = {member.id: found.marks_of(member) for member in found.members}
            assert marks == {source.id: ((7, True, target.id),), target.id: ((7, False, source.id),), teller.id: ()}
    finally:
        for server in (source, target):
            server.client.execute_command("CLUSTER SETSLOT", 7, "STABLE")
    found = look(Reader(teller.target, LOGIN), timeout_s=5)
    assert not any(found.marks_of(member) for member in found.members)


def test_a_hostname_is_told_and_the_address_is_asked(shared_foreign):
    named = shared_foreign[1]
    try:
        named.client.config_set("cluster-announce-hostname", "cache-2.example")

        def told() -> bool:
            found = look(Reader(shared_foreign[0].target, LOGIN), timeout_s=5)
            assert len(found.measured) == 3
            return {one.id: one.hostname for one in found.members}[named.id] == "cache-2.example"

        until(told)
    finally:
        named.client.config_set("cluster-announce-hostname", "")


def test_a_member_that_does_not_know_its_own_address_is_where_it_answers():
    """Nobody has met it yet, and it listens on all addresses."""
    with foreign_cluster([(0, 16_383)]) as (alone,):
        found = look(Reader(alone.target, LOGIN), timeout_s=5)
        (member,) = found.members
        assert tuple(member.address) == tuple(alone.target)
        assert found.unaware == {alone.id}
        assert found.measured[alone.id].keys == 0


def test_announced_addresses_that_are_not_allowed_are_not_connected_to(shared_foreign):
    first, *others = shared_foreign
    before = {server.port: server.client.info("stats")["total_connections_received"] for server in others}
    door = Door(rules.parse([f"127.0.0.1:{first.port}"]), frozenset())
    found = look(Reader(first.target, LOGIN), door)
    assert len(found.members) == 3
    assert set(found.measured) == {first.id}
    assert {server.port: server.client.info("stats")["total_connections_received"] for server in others} == before


def test_a_cluster_that_announces_our_own_server_does_not_make_us_connect_to_it():
    with Listening() as (hidden, asked), Impostor(_nodes_text(("127.0.0.1", hidden))) as port:
        door = Door(rules.parse(["127.0.0.0/8:1-65535"]), frozenset({Address("127.0.0.1", hidden)}))
        found = look(Reader(Target("127.0.0.1", port), Login()), door)
        assert [member.address.port for member in found.members if not member.myself] == [hidden]
        assert not asked.is_set()
        look(Reader(Target("127.0.0.1", port), Login()), HERE)
        assert asked.is_set(), "where it is allowed, the listening socket sees the connection"


@pytest.mark.parametrize(
    "reply",
    [
        *(b"", b"+OK\r\n", b"-ERR This instance has cluster support disabled\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        *(b"$5\r\nhello\r\n:1\r\n", b"$5\r\nhello\r\n$", b":1\r\n", b"$8388609\r\n"),
        *(b"$-1\r\n", b"$99999999999\r\n", b"$x\r\n", b"*1\r\n", b"$5\r\nab", b"x" * 200_000, b"$3\r\na\nb\r\n"),
    ],
)
def test_what_is_no_cluster_is_unreachable(reply):
    with Impostor(reply) as port, pytest.raises(SilentCluster):
        look_once(Reader(Target("127.0.0.1", port), Login()), HERE, 0.3)


def test_nobody_and_a_wrong_password_are_unreachable(shared_foreign):
    with pytest.raises(SilentCluster):
        look_once(Reader(Target("127.0.0.1", free_ports(1)[0]), LOGIN), HERE, 2)
    with pytest.raises(SilentCluster):
        look_once(Reader(shared_foreign[0].target, Login(password="wrong")), HERE, 2)
    with pytest.raises(SilentCluster):
        look_once(Reader(shared_foreign[0].target, Login()), HERE, 2)


def test_another_member_tells_when_the_first_is_silent(shared_foreign):
    nobody = Target("127.0.0.1", free_ports(1)[0])
    reader = Reader(nobody, LOGIN, others=[shared_foreign[2].target])
    assert len(look(reader).measured) == 3
    with pytest.raises(SilentCluster):
        look(reader, Door((), frozenset()))


def test_members_at_one_address_are_counted_once_or_not_at_all(shared_foreign):
    """Behind a load balancer, or one published port: whose keys would it be that are counted there?"""
    first = shared_foreign[0]
    try:
        announce(shared_foreign, first.port)
        until(
            lambda: (
                {one.address.port for one in look_once(Reader(first.target, LOGIN), HERE, 5).members} == {first.port}
            )
        )
        found = look(Reader(first.target, LOGIN))
        assert {id_: one.keys for id_, one in found.measured.items()} == {first.id: first.client.dbsize()}
        assert found.shared == {server.id for server in shared_foreign[1:]}
        assert [member.ranges for member in found.members if member.id == first.id] == [(RANGES[0],)]
    finally:
        announce(shared_foreign, 0)
        ports = {server.port for server in shared_foreign}
        until(lambda: ports_of(first) == ports)


def ports_of(server: Foreign) -> set[int]:
    return {member.address.port for member in look_once(Reader(server.target, LOGIN), HERE, 5).members}


def announce(servers: list[Foreign], port: int) -> None:
    for server in servers:
        server.client.config_set("cluster-announce-client-port", port)


def test_a_failed_member_s_address_belongs_to_its_successor():
    with Told(captured("one_address"), stands_for=7692) as successor:
        with Told(successor.text, stands_for=7691) as teller:
            found = look(Reader(Target("127.0.0.1", teller.port), Login()))
        assert len(found.members) == 3
        assert sorted(found.measured) == [f"{1:08d}".ljust(36, "0") + "1eef", f"{3:08d}".ljust(36, "0") + "5ccd"]
        assert sorted(successor.asked) == ["CLUSTER NODES", "INFO keyspace", "INFO memory"], "each once"


def test_a_member_alone_is_not_believed_where_others_were_known():
    """The others are silent: nothing about the cluster is forgotten, and the report of the one is shown."""
    a, b, alone = "a" * 40, "b" * 40, line("c" * 40, ":7000@17000", "myself,master")
    with Told(alone) as reset:
        target, nobody = Target("127.0.0.1", reset.port), Target("127.0.0.1", free_ports(1)[0])
        with pytest.raises(SilentCluster) as caught:
            look_once(Reader(target, Login(), others=[nobody], known=[a[:8], b[:8]]), HERE, 2)
        assert caught.value.dissents == (Dissent(target, 1, 0),)
        assert look_once(Reader(target, Login()), HERE, 2).members, "where nobody was known it is believed"


def _nodes_text(*others: tuple[str, int]) -> bytes:
    """What an impostor answers to CLUSTER NODES: itself, and these."""
    lines = [f"{'a' * 40} 127.0.0.1:1@2 myself,master - 0 0 1 connected 0-16383"]
    lines += [f"{n:040x} {host}:{port}@{port} master - 0 0 1 connected" for n, (host, port) in enumerate(others, 1)]
    text = "\n".join(lines).encode()
    return b"$%d\r\n%b\r\n" % (len(text), text)
