"""Slots change owner without their keys: after deaths, and with a placement that moves nearly all of them."""

import signal
import time

import numpy as np
import pytest

from ringviz.core.buckets import BUCKETS
from servers.driver.calls import wait_for
from servers.driver.engine import Engine
from servers.errors import Unreachable
from servers.slots import ranges_of
from tests.servers.driver import servers
from tests.servers.driver.servers import PASSWORD, WITHIN_S, even


def gains_of(cluster, dead, survivors):
    """The slots of the dead, shared among the survivors."""
    slots = np.concatenate([np.arange(first, last + 1) for server in dead for first, last in cluster.ranges(server)])
    return {
        server.address: ranges_of(part)
        for server, part in zip(survivors, np.array_split(slots, len(survivors)), strict=True)
    }


def knows(cluster, server):
    return {member.id for member in cluster.engine.members(server.address)}


def test_writes_work_again_when_the_dead_ones_slots_are_given_away(three):
    dead, *survivors = three.servers
    gains = gains_of(three, [dead], survivors)
    dead.child.kill()
    three.engine.reassign([dead.id], gains, [server.address for server in survivors])
    for server in survivors:
        server.store(gains[server.address])
        assert knows(three, server) == {one.id for one in survivors}


def test_every_survivor_knows_the_new_owners_at_once_and_no_epoch_rises():
    with servers.cluster(6) as made:
        dead, *survivors = made.servers
        gains = gains_of(made, [dead], survivors)
        owners = {server.id: [*made.ranges(server), *gains[server.address]] for server in survivors}
        before = {server.id: epoch_of(made, server) for server in survivors}
        dead.child.kill()
        made.engine.reassign([dead.id], gains, [server.address for server in survivors])
        for server in survivors:
            assert slots_of(made, server) == {id_: slots_in(ranges) for id_, ranges in owners.items()}
        assert {server.id: epoch_of(made, server) for server in survivors} == before


def epoch_of(cluster, server):
    (own,) = [member for member in cluster.engine.members(server.address) if member.myself]
    return own.epoch


def slots_in(ranges):
    return {slot for first, last in ranges for slot in range(first, last + 1)}


def slots_of(cluster, server):
    """The slots of every server, as this one sees them."""
    return {member.id: slots_in(member.ranges) for member in cluster.engine.members(server.address)}


def test_a_survivor_with_a_replica_gains_slots_and_so_hears_its_replica(three):
    """Where a primary has a replica, the engine aborts when it is told of owners in a script or a transaction."""
    dead, survivor, other = three.servers
    replica = followed(three, survivor)
    gains = gains_of(three, [dead], [survivor, other])
    dead.child.kill()
    three.engine.reassign([dead.id], gains, [survivor.address, other.address, replica.address])
    for server in (survivor, other):
        server.store(gains[server.address])
    assert slots_of(three, replica) == slots_of(three, survivor) == slots_of(three, other)


def test_a_server_with_a_replica_takes_slots_of_the_living(three):
    survivor, other, _third = three.servers
    followed(three, survivor)
    (first, last) = three.ranges(other)[0]
    three.engine.hand_over({survivor.address: [(first, last)]}, three.addresses)
    survivor.store([(first, last)])


def followed(cluster, primary):
    """A replica of it that has caught up."""
    replica = cluster.joined()
    cluster.engine.replicate(replica.address, primary.id)
    wait_for(replica.follows, WITHIN_S, "it does not follow")
    return replica


def test_two_die_at_once_and_nobody_brings_them_back():
    with servers.cluster(5) as made:
        dead, survivors = made.servers[:2], made.servers[2:]
        gains = gains_of(made, dead, survivors)
        for server in dead:
            server.child.kill()
        addresses = [server.address for server in survivors]
        made.engine.reassign([server.id for server in dead], gains, addresses)
        for server in survivors:
            server.store(gains[server.address])
        wait_for(lambda: epochs_differ(made, survivors), WITHIN_S, "epochs stay equal")
        # Some rounds of gossip later they are still gone.
        sent = gossip(made, survivors[0])
        wait_for(lambda: gossip(made, survivors[0]) > sent + 5, WITHIN_S, "they do not talk")
        assert all(knows(made, server) == {one.id for one in survivors} for server in survivors)


def epochs_differ(cluster, servers):
    views = [[member.epoch for member in cluster.engine.members(server.address)] for server in servers]
    return all(len(set(epochs)) == len(epochs) for epochs in views)


def gossip(cluster, server):
    with server.client as client:
        info = client.execute_command("CLUSTER", "INFO").decode()
    (sent,) = [line for line in info.splitlines() if line.startswith("cluster_stats_messages_sent")]
    return int(sent.partition(":")[2])


def test_a_move_from_the_dead_one_does_not_stand_in_the_way(three):
    dead, target, other = three.servers
    gains = gains_of(three, [dead], [target, other])
    dead.store([(0, 999)], a_slot=2)
    with dead.client as client:
        client.config_set("rdb-key-save-delay", 10_000)
    three.engine.move(dead.address, target.id, [(0, 999)])
    wait_for(lambda: running(three, target) == [dead.id], WITHIN_S, "it does not begin")
    dead.child.kill()
    three.engine.reassign([dead.id], gains, [target.address, other.address])
    wait_for(lambda: not running(three, target), WITHIN_S, "it does not end")
    for server in (target, other):
        server.store(gains[server.address])
    assert target.keys_per_slot([0, 999]) == [1, 1], "what had arrived is gone"


def running(cluster, server):
    """The servers from which something moves, according to this one."""
    return [one.source for one in cluster.engine.moves(server.address) if one.state == "running"]


def test_a_move_to_the_dead_one_does_not_stand_in_the_way(three):
    dead, *survivors = three.servers
    gains = gains_of(three, [dead], survivors)
    dead.store([(0, 999)])
    dead.child.signal(signal.SIGSTOP)
    three.engine.move(survivors[0].address, dead.id, [(6000, 6100)])
    dead.child.kill()
    three.engine.reassign([dead.id], gains, [server.address for server in survivors])
    assert not running(three, survivors[0])
    survivors[0].store([*gains[survivors[0].address], (6000, 6100)])


def test_a_frozen_survivor_is_passed_over_and_hears_of_it_later(three):
    dead, survivor, frozen = three.servers
    ranges = three.ranges(dead)
    dead.child.kill()
    frozen.child.signal(signal.SIGSTOP)
    try:
        three.engine.reassign([dead.id], {survivor.address: ranges}, [survivor.address, frozen.address])
        survivor.store(ranges)
    finally:
        frozen.child.signal(signal.SIGCONT)
    three.engine.wait_agreed([survivor.address, frozen.address], WITHIN_S)
    # The order to forget was in its socket all the while: it obeyed when it thawed.
    wait_for(lambda: dead.id not in knows(three, frozen), WITHIN_S, "it remembers")
    three.engine.forget([dead.id], [survivor.address, frozen.address])
    assert knows(three, frozen) == knows(three, survivor) == {survivor.id, frozen.id}
    survivor.store(ranges)


def test_a_frozen_survivor_does_not_hold_up_the_others(three):
    dead, survivor, frozen = three.servers
    ranges = three.ranges(dead)
    dead.child.kill()
    frozen.child.signal(signal.SIGSTOP)
    patient = Engine(PASSWORD, timeout_s=WITHIN_S)
    try:
        begun = time.monotonic()
        patient.reassign([dead.id], {survivor.address: ranges}, [survivor.address, frozen.address])
        assert time.monotonic() - begun < WITHIN_S / 3
        survivor.store(ranges)
    finally:
        patient.close()
        frozen.child.signal(signal.SIGCONT)


def test_who_was_away_and_believes_in_the_dead_is_convinced(three):
    """It comes back with its own view, in which the dead has the slots by a greater epoch than the survivor's."""
    survivor, away, dead = three.servers
    ranges, owned = three.ranges(dead), {away.id: slots_in(three.ranges(away))}
    owned[survivor.id] = slots_in([*ranges, *three.ranges(survivor)])
    dead.child.kill()
    away.child.kill()
    three.engine.reassign([dead.id], {survivor.address: ranges}, [survivor.address, away.address])
    away.again()
    wait_for(
        lambda: {id_: slots for id_, slots in slots_of(three, away).items() if slots} == owned,
        WITHIN_S,
        "it still believes in the dead",
    )


def test_slots_for_a_frozen_server_are_left_to_later(three):
    dead, survivor, frozen = three.servers
    (first, last) = three.ranges(dead)[0]
    gains = {frozen.address: [(first, first + 9)], survivor.address: [(first + 10, last)]}
    dead.child.kill()
    frozen.child.signal(signal.SIGSTOP)
    try:
        three.engine.reassign([dead.id], gains, [survivor.address, frozen.address])
        survivor.store(gains[survivor.address])
    finally:
        frozen.child.signal(signal.SIGCONT)
    wait_for(lambda: three.engine.answers(frozen.address), WITHIN_S, "it does not answer")
    assert (three.engine.slot_map(survivor.address)[0] == -1).sum() == 10
    three.engine.reassign([dead.id], {frozen.address: gains[frozen.address]}, [survivor.address, frozen.address])
    frozen.store(gains[frozen.address])


def test_nobody_answers(three):
    for server in three.servers:
        server.child.kill()
    with pytest.raises(Unreachable):
        three.engine.reassign([three.servers[0].id], {}, three.addresses[1:])


def test_nearly_all_slots_change_owner_and_no_key_stays_behind(four):
    for server, ranges in zip(four.servers, even(4), strict=True):
        server.store(ranges)
    before = np.arange(BUCKETS) * 4 // BUCKETS
    after = np.arange(BUCKETS) % 4
    gains = {
        server.address: ranges_of(np.flatnonzero((after == number) & (before != number)))
        for number, server in enumerate(four.servers)
    }
    four.engine.hand_over(gains, four.addresses)
    for number, server in enumerate(four.servers):
        slots = [slot for first, last in four.ranges(server) for slot in range(first, last + 1)]
        assert slots == list(range(number, BUCKETS, 4))
        with server.client as client:
            kept = sum(server.keys_per_slot(slots[number * 1024 : (number + 1) * 1024]))
            assert client.dbsize() == kept == int(((before == after) & (after == number)).sum())
        server.store([(slot, slot) for slot in slots])


def test_the_one_with_the_greatest_epoch_is_heard_at_once_and_keeps_what_it_takes(four):
    """A server announces its epoch only when it rises, and it rises only if another's is greater."""
    epochs = {server.id: epoch_of(four, server) for server in four.servers}
    newest = max(four.servers, key=lambda server: epochs[server.id])
    givers = [server for server in four.servers if server is not newest]
    taken = [four.ranges(server)[0][:1] * 2 for server in givers]
    wanted = slots_in([*four.ranges(newest), *taken])
    four.engine.hand_over({newest.address: taken}, four.addresses)
    assert epoch_of(four, newest) > epochs[newest.id]
    assert [slots_of(four, server)[newest.id] for server in four.servers] == [wanted] * 4
