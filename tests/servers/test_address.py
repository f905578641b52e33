"""Where a server listens, as text."""

import pytest

from servers.address import Address


@pytest.mark.parametrize("text", ["127.0.0.1:7001", "[::1]:7001", "valkey.local:7001"])
def test_an_address_as_text(text):
    assert str(Address.parse(text)) == text


def test_as_cluster_nodes_writes_it():
    assert Address.parse("::1:7001") == Address("::1", 7001)
    assert Address.parse(":7001") == Address("", 7001)


@pytest.mark.parametrize("text", ["", "7001", "a:", "a:b", "a:65536", "a:-1", "a:７"])
def test_no_address(text):
    with pytest.raises(ValueError, match="host:port"):
        Address.parse(text)


def test_a_host_that_is_not_said_is_that_of_the_server_asked():
    asked = Address("10.0.0.1", 7000)
    assert Address("", 7001).seen_from(asked) == Address("10.0.0.1", 7001)
    assert Address("::1", 7001).seen_from(asked) == Address("::1", 7001)
