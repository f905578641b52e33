"""A replica takes the place of its primary."""

from servers.driver.calls import wait_for
from tests.servers.driver.servers import WITHIN_S


def copied(cluster, server, keys):
    def so():
        (found,) = cluster.engine.measure([server.address]).values()
        return found is not None and found.keys == keys and server.follows()

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
