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


def test_a_primary_tells_how_far_behind_its_replica_is(three):
    primary = three.servers[0]
    replica = three.joined()
    three.engine.replicate(replica.address, primary.id)

    def followed():
        (found,) = three.engine.link(primary.address, WITHIN_S).followers or [None]
        return found is not None and found.online and found

    wait_for(followed, WITHIN_S, "it does not follow")
    assert followed().address == replica.address
    replica.child.freeze()
    try:
        before = three.engine.link(primary.address)
        primary.store(three.ranges(primary)[:1], size=50)
        after = three.engine.link(primary.address)
        assert after.offset - after.followers[0].offset > 5_461 * 50
        assert after.followers[0].offset == before.followers[0].offset
        wait_for(lambda: three.engine.link(primary.address).followers[0].silent_s >= 2, WITHIN_S, "it is never silent")
    finally:
        replica.child.thaw()

    def caught_up():
        link = three.engine.link(primary.address)
        return link.followers[0].silent_s <= 1 and link.offset - link.followers[0].offset < 5_461 * 50

    wait_for(caught_up, WITHIN_S, "it does not catch up")
    assert three.engine.link(replica.address).followers == ()
