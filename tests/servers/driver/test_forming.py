"""Servers become a cluster; one joins; one comes back at another port."""

from tests.servers.driver import servers
from tests.servers.driver.servers import WITHIN_S, even


def test_all_of_a_formed_cluster_take_writes(four):
    for server, ranges in zip(four.servers, even(4), strict=True):
        server.store(ranges)
    assert four.engine.agreed(four.addresses)
    assert [len(four.engine.members(address)) for address in four.addresses] == [4] * 4


def test_who_owns_what(four):
    owner, ids = four.engine.slot_map(four.addresses[2])
    assert [ids[owner[slot]] for slot in (0, 4096, 8192, 16383)] == [server.id for server in four.servers]


def test_forming_again_changes_nothing(four):
    owners = dict(zip(four.addresses, even(4), strict=True))
    four.engine.form(four.addresses, owners, WITHIN_S)
    assert [four.ranges(server) for server in four.servers] == even(4)


def test_forming_goes_on_where_it_was_cut_off():
    with servers.cluster(0) as made:
        made.servers = [made.start() for _ in range(3)]
        first, second, _third = made.servers
        with first.client as client:
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 9)
            client.execute_command("CLUSTER", "MEET", "127.0.0.1", second.port, second.bus)
        owners = dict(zip(made.addresses, even(3), strict=True))
        made.engine.form(made.addresses, owners, WITHIN_S)
        assert [made.ranges(server) for server in made.servers] == even(3)


def test_a_new_server_takes_slots_and_writes_at_once(three):
    new = three.joined()
    assert three.ranges(new) == []
    assert three.engine.takes_writes(new.address)
    three.engine.reassign([], {}, [*three.addresses, new.address])
    three.engine.hand_over({new.address: [(0, 99)]}, [*three.addresses, new.address])
    new.store([(0, 99)])


def test_a_server_that_comes_back_keeps_its_keys_and_slots(three):
    server = three.servers[1]
    server.store(even(3)[1])
    server.child.end(grace_s=5)
    server.again()
    three.engine.wait_agreed(three.addresses, WITHIN_S)
    with server.client as client:
        assert client.dbsize() == 5461


def test_a_server_that_comes_back_at_another_port_is_found(three):
    server = three.servers[1]
    server.store(even(3)[1])
    before = server.id
    server.child.kill()
    server.again(elsewhere=True)
    three.engine.meet(three.addresses, WITHIN_S)
    three.engine.wait_agreed(three.addresses, WITHIN_S)
    assert three.engine.identity(server.address) == before
    for address in three.addresses:
        assert {member.address for member in three.engine.members(address)} == set(three.addresses)
    with server.client as client:
        assert client.dbsize() == 5461


def test_all_come_back_at_other_ports(three):
    for server in three.servers:
        server.store(three.ranges(server))
    for server in three.servers:
        server.child.kill()
    for server in three.servers:
        server.again(elsewhere=True)
    three.engine.meet(three.addresses, WITHIN_S)
    three.engine.wait_agreed(three.addresses, WITHIN_S)
    assert sum(one.keys for one in three.engine.measure(three.addresses).values() if one) == 16384
