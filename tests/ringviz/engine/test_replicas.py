"""A replica takes the place of its primary; a server begins anew."""

from ringviz.engine.calls import wait_for
from tests.ringviz.engine.servers import WITHIN_S


def copied(cluster, server, keys):
    def so():
        (found,) = cluster.engine.measure([server.address]).values()
        return found is not None and found.role == "replica" and found.link_up and found.keys == keys

    wait_for(so, WITHIN_S, "it does not follow")


def test_a_replica_takes_over_with_every_key(three):
    primary, *others = three.servers
    ranges = three.ranges(primary)
    primary.store(ranges)
    replica = three.joined()
    three.engine.replicate(replica.address, primary.id)
    copied(three, replica, 5461)
    primary.child.kill()
    three.engine.takeover(replica.address)
    assert three.ranges(replica) == ranges
    replica.store(ranges, a_slot=2)
    addresses = [replica.address, *(server.address for server in others)]
    three.engine.wait_agreed(addresses, WITHIN_S)
    three.engine.forget([primary.id], addresses)
    assert three.engine.agreed(addresses)
    assert all(len(three.engine.members(address)) == 3 for address in addresses)


def test_a_promoted_replica_is_empty_and_owns_nothing(three):
    primary = three.servers[0]
    primary.store([(0, 99)])
    replica = three.joined()
    three.engine.replicate(replica.address, primary.id)
    copied(three, replica, 100)
    three.engine.promote(replica.address)
    (measured,) = three.engine.measure([replica.address]).values()
    assert measured is not None
    assert (measured.role, measured.keys, measured.link_up) == ("primary", 0, True)
    assert three.ranges(replica) == []


def test_a_reset_server_is_a_new_one(three):
    server = three.joined()
    before = server.id
    three.engine.reset(server.address)
    assert three.engine.identity(server.address) != before
    assert len(three.engine.members(server.address)) == 1
