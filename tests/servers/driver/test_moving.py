"""Slots move with their keys, or stay with them."""

import signal
import time

import pytest

from ringviz.core.buckets import BUCKETS, stored_name
from servers.driver.calls import wait_for
from servers.errors import NotAgreed, Refusal
from tests.servers.driver.servers import PASSWORD, WITHIN_S, even

FREEZE_S = 0.3


def ended(cluster, server):
    """The newest migration of a server, once it has ended."""
    wait_for(lambda: cluster.engine.moves(server.address)[0].state != "running", WITHIN_S, "it does not end")
    return cluster.engine.moves(server.address)[0]


def test_the_engine_says_that_it_can(four):
    assert four.engine.has_atomic(four.addresses[0])


def test_several_ranges_move_with_their_keys(four):
    source, target = four.servers[:2]
    source.store([(0, 999)], a_slot=3)
    ranges = [(0, 99), (200, 299), (500, 500)]
    four.engine.move(source.address, target.id, ranges)
    told = ended(four, source)
    assert (told.state, told.source, told.target, told.ranges) == ("done", source.id, target.id, ranges)
    assert told.exporting
    four.engine.wait_agreed(four.addresses, WITHIN_S)
    measured = four.engine.measure([source.address, target.address])
    assert [one.keys for one in measured.values() if one] == [3 * (1000 - 201), 3 * 201]
    target.store(ranges)


def test_a_source_that_sees_other_owners_has_heard_less_or_more(four):
    source, target = four.servers[:2]
    with pytest.raises(NotAgreed, match="not served"):
        four.engine.move(source.address, target.id, [(5000, 5001)])
    with pytest.raises(NotAgreed, match="Unknown node"):
        four.engine.move(source.address, "f" * 40, [(0, 1)])
    with pytest.raises(Refusal, match="out of range"):
        four.engine.move(source.address, target.id, [(0, BUCKETS)])


def test_a_cancelled_move_leaves_the_slots_with_the_source(four):
    source, target = four.servers[:2]
    source.store([(0, 999)])
    target.child.signal(signal.SIGSTOP)
    try:
        four.engine.move(source.address, target.id, [(0, 999)])
        four.engine.cancel(source.address)
    finally:
        target.child.signal(signal.SIGCONT)
    assert ended(four, source).state == "cancelled"
    four.engine.cancel(source.address)  # nothing to cancel is no error
    assert four.ranges(source) == even(4)[0]
    source.store([(0, 999)])
    wait_for(lambda: all(one.state != "running" for one in four.engine.moves(target.address)), WITHIN_S, "it hangs")
    assert target.keys_per_slot([0, 999]) == [0, 0]


def test_a_target_without_memory_fails_the_move(four):
    source, target = four.servers[:2]
    source.store([(0, 999)], a_slot=4, size=1000)
    with target.client as client:
        client.config_set("maxmemory", client.info("memory")["used_memory"] + 200_000)
        try:
            four.engine.move(source.address, target.id, [(0, 999)])
            assert ended(four, source).state == "failed"
        finally:
            client.config_set("maxmemory", 0)
        assert client.dbsize() == 0
    assert four.ranges(source) == even(4)[0]
    assert source.keys_per_slot([0, 999]) == [4, 4]
    four.engine.move(source.address, target.id, [(0, 999)])
    assert ended(four, source).state == "done"


def test_a_move_waits_for_a_frozen_target(four):
    source, target = four.servers[:2]
    source.store([(0, 99)])
    target.child.signal(signal.SIGSTOP)
    try:
        four.engine.move(source.address, target.id, [(0, 99)])
        time.sleep(FREEZE_S)  # what is awaited is that nothing happens
        assert four.engine.moves(source.address)[0].state == "running"
        source.store([(0, 99)], a_slot=2)
    finally:
        target.child.signal(signal.SIGCONT)
    assert ended(four, source).state == "done"
    assert target.keys_per_slot([0, 99]) == [2, 2]


def test_a_target_that_dies_fails_the_move(three):
    source, target = three.servers[:2]
    source.store([(0, 999)])
    target.child.signal(signal.SIGSTOP)
    three.engine.move(source.address, target.id, [(0, 999)])
    target.child.kill()
    assert ended(three, source).state == "failed"
    source.store([(0, 999)])


def test_slot_by_slot_goes_on_where_it_was_cut_off(four):
    source, target = four.servers[:2]
    source.store([(3, 3)], a_slot=5)
    with source.client as client, target.client as other:
        other.execute_command("CLUSTER", "SETSLOT", 3, "IMPORTING", source.id)
        client.execute_command("CLUSTER", "SETSLOT", 3, "MIGRATING", target.id)
        # A key that has arrived, and of which the source never heard that it has.
        words = ("COPY", "AUTH", PASSWORD, "KEYS", stored_name(b"key-0", 3))
        client.execute_command("MIGRATE", "127.0.0.1", target.port, "", 0, 1000, *words)
    four.engine.move_slots_classic(source.address, target.address, [3])
    four.engine.wait_agreed(four.addresses, WITHIN_S)
    assert (source.keys_per_slot([3]), target.keys_per_slot([3])) == ([0], [5])


def test_slot_by_slot(four):
    source, target = four.servers[:2]
    source.store([(0, 9)], a_slot=150)
    four.engine.move_slots_classic(source.address, target.address, [3])
    four.engine.wait_agreed(four.addresses, WITHIN_S)
    assert target.keys_per_slot([3]) == [150]
    assert source.keys_per_slot([2, 3, 4]) == [150, 0, 150]
    assert (3, 3) in four.ranges(target)
    assert not any(member.migrating for address in four.addresses for member in four.engine.members(address))


def half_moved(source, target, slot):
    """The first of two keys has arrived."""
    source.store([(slot, slot)], a_slot=2)
    with source.client as client, target.client as other:
        other.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
        client.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id)
        words = ("AUTH", PASSWORD, "KEYS", stored_name(b"key-0", slot))
        client.execute_command("MIGRATE", "127.0.0.1", target.port, "", 0, 1000, *words)
    assert (source.keys_per_slot([slot]), target.keys_per_slot([slot])) == ([1], [1])


def test_slot_by_slot_goes_back_and_what_was_stored_meanwhile_stays(four):
    source, target = four.servers[:2]
    half_moved(source, target, 5)
    with source.client as client:
        four.engine.close_slot(source.address, 5)
        client.set(stored_name(b"key-0", 5), b"newer")
        four.engine.take_back_classic(source.address, target.address, 5)
        assert client.get(stored_name(b"key-0", 5)) == b"newer"
    assert (source.keys_per_slot([5]), target.keys_per_slot([5])) == ([2], [0])
    assert not any(member.migrating for address in four.addresses for member in four.engine.members(address))


def test_what_a_slot_left_at_who_does_not_own_it_is_dropped(four):
    source, target = four.servers[:2]
    half_moved(source, target, 7)
    four.engine.close_slot(source.address, 7)
    four.engine.close_slot(target.address, 7)
    four.engine.drop_strays(target.address, 7, source.id)
    assert (source.keys_per_slot([7]), target.keys_per_slot([7])) == ([1], [0])
    assert not any(member.migrating for address in four.addresses for member in four.engine.members(address))
