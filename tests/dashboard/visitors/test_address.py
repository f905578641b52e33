"""Whose request it is: visitors cannot choose their own address, and our proxies are believed."""

from __future__ import annotations

import pytest

from dashboard.visitors.address import BadProxy, Proxies, parse, visitor

OURS = parse(["10.0.0.0/8", "fd00::/8", "unix"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # anybody may write that
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", [" 198.51.100.1:4711 "], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.1, 198.51.100.1"], "198.51.100.1"),  # the client's own words come before what we saw
        ("10.0.0.1", ["192.0.2.1", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, 10.0.0.7"], "198.51.100.1"),  # two proxies of ours
        ("10.0.0.1", ["10.0.0.7"], "10.0.0.7"),  # who is behind one of ours, and is one of ours
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("fd00::1", ["[2001:db8:1:2:3::4]:567"], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:9:8:7:6", [], "2001:db8:1:2::/64"),  # one household
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        (None, ["198.51.100.1"], "198.51.100.1"),
        (None, [], "unix"),
        ("testclient", ["198.51.100.1"], "testclient"),
    ],
)
def test_the_address_of_a_visitor(peer: str | None, forwarded: list[str], found: str):
    assert visitor(peer, forwarded, OURS) == found


def test_without_proxies_nobody_is_believed():
    assert visitor("10.0.0.1", ["198.51.100.1"], Proxies()) == "10.0.0.1"
    assert visitor(None, ["198.51.100.1"], Proxies()) == "unix"


@pytest.mark.parametrize("entry", ["proxy.example", "10.0.0.1/8", "10.0.0.0/33", "unix:/run/x", "*"])
def test_what_is_no_address_is_named(entry: str):
    with pytest.raises(BadProxy, match="is not an address"):
        parse([entry])
