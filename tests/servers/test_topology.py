"""CLUSTER NODES and nodes.conf, line by line."""

import numpy as np
import pytest

from servers.address import Address
from servers.topology import (
    Mark,
    NotTopology,
    by_id,
    myself,
    owned_words,
    owner_map,
    parse_members,
    parse_own,
    with_addresses,
)

A, B = "a" * 40, "b" * 40


def line(id_=A, place="127.0.0.1:7001@17001", flags="master", primary="-", link="connected", slots=""):
    return f"{id_} {place} {flags} {primary} 0 1700000000000 5 {link} {slots}".rstrip()


@pytest.mark.parametrize(
    ("place", "address", "bus"),
    [
        ("127.0.0.1:7001@17001", Address("127.0.0.1", 7001), 17001),
        ("::1:7001@17001", Address("::1", 7001), 17001),
        ("2001:db8::7:7001@17001", Address("2001:db8::7", 7001), 17001),
        ("10.0.0.7:7001@17001,valkey-3.local", Address("10.0.0.7", 7001), 17001),
        ("10.0.0.7:7001@17001,h,nodename=x,shard-id=y", Address("10.0.0.7", 7001), 17001),
        ("10.0.0.7:7001@17001,,shard-id=y", Address("10.0.0.7", 7001), 17001),
        ("10.0.0.7:7001@17001,shard-id=y", Address("10.0.0.7", 7001), 17001),
        (":0@0", Address("", 0), 0),
        (":7001@17001", Address("", 7001), 17001),
        ("10.0.0.7:7001", Address("10.0.0.7", 7001), 0),
    ],
)
def test_places(place, address, bus):
    (member,) = parse_members(line(place=place))
    assert (member.address, member.bus_port) == (address, bus)


@pytest.mark.parametrize(
    ("more", "hostname"),
    [
        ("", ""),
        (",valkey-3.local", "valkey-3.local"),
        (",h,nodename=x", "h"),
        (",,shard-id=y", ""),
        (",shard-id=y", ""),
    ],
)
def test_a_hostname_that_is_announced(more, hostname):
    (member,) = parse_members(line(place=f"10.0.0.7:7001@17001{more}"))
    assert member.hostname == hostname


def test_ranges_and_marks():
    slots = f"0 5-9 16383 [77->-{B}] [78-<-{B}]"
    (member,) = parse_members(line(slots=slots))
    assert member.ranges == ((0, 0), (5, 9), (16383, 16383))
    assert member.migrating == (Mark(77, True, B), Mark(78, False, B))


@pytest.mark.parametrize(
    ("flags", "primary", "met", "failed", "myself"),
    [
        ("master", True, True, False, False),
        ("myself,master", True, True, False, True),
        ("slave", False, True, False, False),
        ("myself,slave,nofailover", False, True, False, True),
        ("master,fail?", True, True, True, False),
        ("master,fail", True, True, True, False),
        ("handshake", False, False, False, False),
        ("master,noaddr", True, False, False, False),
    ],
)
def test_flags(flags, primary, met, failed, myself):
    (member,) = parse_members(line(flags=flags))
    assert (member.primary, member.met, member.failed, member.myself) == (primary, met, failed, myself)


def test_a_replica_has_a_primary():
    first, second = parse_members(f"{line(flags='myself,master')}\n{line(B, flags='slave', primary=A)}\n")
    assert (first.primary_id, second.primary_id, second.epoch) == ("", A, 5)


@pytest.mark.parametrize(
    "text",
    [
        "ERR",
        line(place="nowhere"),
        line(slots="16384"),
        line(slots="7-5"),
        line(slots="x"),
        line(slots="[7-x-y]"),
        line().replace(" 5 ", " five "),
    ],
)
def test_what_is_no_topology(text):
    with pytest.raises(NotTopology):
        parse_members(text)


CONF = "\n".join(
    [
        line(A, "127.0.0.1:7001@17001,,tls-port=0,shard-id=x", "myself,master", slots=f"0-1 5 [77->-{B}]"),
        line(B, "127.0.0.1:7002@17002,,tls-port=0,shard-id=y", "master", slots="2"),
        "vars currentEpoch 3 lastVoteEpoch 0",
        "",
    ]
)


def test_a_server_s_own_line_of_its_nodes_conf():
    own = parse_own(CONF)
    assert own is not None
    assert (own.id, own.address, own.primary, own.ranges) == (A, Address("127.0.0.1", 7001), True, ((0, 1), (5, 5)))
    assert own.migrating == (Mark(77, True, B),)
    assert parse_own("") is parse_own("vars currentEpoch 0 lastVoteEpoch 0\n") is None
    assert parse_own(line(A, "10.0.0.1:1@2,myself.example", "master")) is None, "a name is no flag"
    with pytest.raises(NotTopology):
        parse_own(CONF.replace("0-1 5", "0-99999"))


def test_a_nodes_conf_with_other_addresses():
    moved = with_addresses(CONF, {B: (Address("127.0.0.1", 9), 10), "c" * 40: (Address("127.0.0.1", 1), 2)})
    assert moved == CONF.replace("127.0.0.1:7002@17002", "127.0.0.1:9@10")
    assert with_addresses(CONF, {}) == CONF


def test_the_member_that_was_asked():
    members = parse_members(CONF.partition("vars")[0])
    assert myself(members) is members[0]
    with pytest.raises(NotTopology):
        myself(members[1:])


def test_slots_in_the_reply_s_own_words_leave_out_marks():
    text = CONF.partition("vars")[0] + line("c" * 40)
    assert owned_words(text) == {A: "0-1 5", B: "2"}
    assert owned_words(text) == owned_words(text.replace(f" [77->-{B}]", "").replace("myself,", ""))
    assert owned_words(text) != owned_words(text.replace("0-1 5", "0-1"))


def test_who_owns_what():
    members = parse_members("\n".join([line(A, slots="0-1 5"), line(B, slots="2"), line("c" * 40)]))
    owner, ids = owner_map(members)
    assert owner.shape == (16384,)
    assert owner[:7].tolist() == [0, 0, 1, -1, -1, 0, -1]
    assert np.count_nonzero(owner >= 0) == 4
    assert ids == [A, B, "c" * 40]
    assert by_id(members) == {A: ((0, 1), (5, 5)), B: ((2, 2),)}
