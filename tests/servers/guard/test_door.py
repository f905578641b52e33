"""The door: the rules, and our own addresses as they are given to it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

import pytest

from servers.address import Address
from servers.guard import rules
from servers.guard.door import Door, Target


def door(*entries: str, ours: tuple[Address, ...] = ()) -> Door:
    return Door(rules.parse(entries), frozenset(ours))


def test_our_own_are_let_in_by_one_host_and_one_port_alone():
    ours = Address("10.0.0.5", 6379)
    assert door("10.0.0.0/8").announced(ours) == Target(*ours)
    assert door("10.0.0.0/8", ours=(ours,)).announced(ours) is None
    assert door("10.0.0.0/8", ours=(ours,)).announced(Address("10.0.0.5", 6380)) == Target("10.0.0.5", 6380)
    assert door("10.0.0.5:6379", ours=(ours,)).announced(ours) == Target(*ours)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"])
def test_a_port_of_ours_is_ours_by_every_name_of_this_machine(host):
    """A server may listen on all addresses of the machine, whatever it says of itself."""
    here = door("127.0.0.0/8", "[::1]", ours=(Address("10.0.0.5", 7001),))
    assert here.announced(Address(host, 7001)) is None
    assert here.announced(Address(host, 7002)) is not None


def test_ours_are_ours_in_another_spelling():
    ours = (Address("10.0.0.5", 6379),)
    here = door("10.0.0.0/8", ours=ours)
    assert here.announced(Address("::ffff:10.0.0.5", 6379)) is None
    assert not here.permits("", IPv6Address("::ffff:10.0.0.5"), 6379)


def test_what_a_cluster_announces_passes_the_same_check():
    here = door("10.0.0.0/8:7000", "cache.example")
    assert here.announced(Address("10.0.0.9", 7000)) == Target("10.0.0.9", 7000)
    for host, port in (("10.0.0.9", 7001), ("127.0.0.1", 7000), ("cache.example", 7000), ("", 7000), ("10.0.0.9", 0)):
        assert here.announced(Address(host, port)) is None


def test_a_rule_that_is_taken_away_ends_the_permission():
    target = Target("10.0.0.1", 7000)
    assert door("cache.example").permits_still("cache.example", target)
    assert not door("cache.example").permits_still("10.0.0.1", target)
    assert not door().permits_still("cache.example", target)


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_port_that_cannot_be_is_never_let_in(port):
    assert not door("10.0.0.0/8").permits("", ip_address("10.0.0.1"), port)
