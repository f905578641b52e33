"""What ALLOWED_TARGETS allows: nothing by default, and no special address by a wide rule."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.address import MAX_PORT
from servers.guard import rules

EVERYTHING = rules.parse(["0.0.0.0/0", "[::/0]"])
ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))
PORTS = st.integers(1, MAX_PORT)

SPECIAL = [
    *("127.0.0.1", "127.255.0.9", "169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "100.100.100.200"),
    *("::", "::1", "fe80::1", "ff02::1", "fd00:ec2::254"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
]


@pytest.mark.parametrize(
    "entry",
    [
        *("10.0.0.1/8", "10.0.0.0/33", "256.0.0.1", "1.2.3", "::1", "[::1", "::1]", "[fe80::1%eth0]", "[127.0.0.1]"),
        *("host:0", "host:65536", "host:9-8", "host:6379-", "host:", ":6379", "a b", "*", "*.", "a..b", "-a", "a/b"),
        *("http://host", "user@host", "host:6379:1", "1.2.3.4.5", "[::1]6379", "٣.٣.٣.٣", "x" * 300),
    ],
)
def test_an_entry_that_makes_no_sense_is_named(entry):
    with pytest.raises(rules.BadRule) as caught:
        rules.parse(["good.example", entry])
    assert repr(entry.lower()) in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "host", "ip", "port", "let_in"),
    [
        ("10.0.0.0/8:6379-6400", "", "10.9.8.7", 6379, True),
        ("10.0.0.0/8:6379-6400", "", "10.9.8.7", 6400, True),
        ("10.0.0.0/8:6379-6400", "", "10.9.8.7", 6401, False),
        ("10.0.0.0/8:6379-6400", "", "11.0.0.1", 6379, False),
        ("10.0.0.0/8", "", "::ffff:10.0.0.1", 1, True),
        ("[fd00::/8]:7000", "", "fd12::1", 7000, True),
        ("[fd00::/8]:7000", "", "fd12::1", 7001, False),
        ("[fd12::1]", "", "fd12::1", 65535, True),
        ("[::ffff:10.0.0.0/104]", "", "10.0.0.1", 1, True),
        ("cache.example", "cache.example", "10.0.0.1", 6379, True),
        ("Cache.Example", "cache.example.", "10.0.0.1", 6379, True),
        ("cache.example", "", "10.0.0.1", 6379, False),
        ("cache.example", "a.cache.example", "10.0.0.1", 6379, False),
        ("*.example:7000", "a.b.example", "10.0.0.1", 7000, True),
        ("*.example:7000", "example", "10.0.0.1", 7000, False),
        ("*.example:7000", "badexample", "10.0.0.1", 7000, False),
    ],
)
def test_what_a_rule_speaks_of(entry, host, ip, port, let_in):
    assert rules.permits(rules.parse([entry]), host, ip_address(ip), port) is let_in


@given(ADDRESSES, PORTS)
def test_without_rules_nothing_is_allowed(ip, port):
    assert not rules.permits((), "cache.example", ip, port)


@given(ADDRESSES, PORTS)
def test_a_wide_rule_allows_all_but_the_special(ip, port):
    assert rules.permits(EVERYTHING, "", ip, port) is not rules.is_special(ip)


@pytest.mark.parametrize("text", SPECIAL)
@pytest.mark.parametrize(
    "entries", [["0.0.0.0/0", "[::/0]"], ["*.example"], ["[::/96]", "[64:ff9b::/96]", "[2002::/16]"]]
)
def test_the_special_are_not_let_in_by_chance(text, entries):
    assert not rules.permits(rules.parse(entries), "evil.example", ip_address(text), 6379)


@given(st.ip_addresses(v=4, network="127.0.0.0/8"), st.integers(8, 32), PORTS)
def test_this_machine_is_let_in_by_a_rule_within_it(ip, bits, port):
    network = IPv4Network((ip, bits), strict=False)
    assert rules.permits(rules.parse([str(network)]), "", ip, port)
    assert rules.permits(rules.parse([str(network)]), "", IPv6Address(f"::ffff:{ip}"), port)
    assert not rules.permits(rules.parse(["126.0.0.0/7"]), "", ip, port)


@pytest.mark.parametrize(
    ("entry", "text", "let_in"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("[::1]", "::1", True),
        ("169.254.169.254", "169.254.169.254", True),
        ("169.254.0.0/16", "169.254.169.254", True),
        ("[fe80::/10]", "fe80::1", True),
        ("[64:ff9b::7f00:1]", "64:ff9b::7f00:1", True),
        ("localhost", "127.0.0.1", True),
        ("localhost", "::1", True),
        ("localhost", "169.254.169.254", False),
    ],
)
def test_the_special_are_let_in_where_they_are_named(entry, text, let_in):
    assert rules.permits(rules.parse([entry]), "localhost", ip_address(text), 6379) is let_in


@pytest.mark.parametrize(
    ("entry", "let_in"),
    [
        *(("10.0.0.5:6379", True), ("10.0.0.5/32:6379", True), ("valkey.example:6379", True)),
        *(("10.0.0.5", False), ("10.0.0.5:6379-6380", False), ("10.0.0.0/8:6379", False), ("*.example:6379", False)),
    ],
)
def test_our_own_servers_are_let_in_by_host_and_port_alone(entry, let_in):
    found, ip = rules.parse([entry]), IPv4Address("10.0.0.5")
    assert rules.permits(found, "valkey.example", ip, 6379)
    assert rules.permits(found, "valkey.example", ip, 6379, ours=True) is let_in
