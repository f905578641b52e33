"""The contents of servers are counted, added to and emptied."""

import signal
import time

import pytest

from ringviz.core.buckets import stored_name
from servers.errors import Refusal


def test_measured(four):
    server = four.servers[0]
    server.store([(0, 99)], size=1000)
    with server.client as client:
        client.config_set("maxmemory", 50_000_000)
        try:
            (measured,) = four.engine.measure([server.address]).values()
        finally:
            client.config_set("maxmemory", 0)
    assert measured is not None
    assert (measured.keys, measured.limit) == (100, 50_000_000)
    assert 100_000 < measured.data < measured.bytes


def test_the_frozen_cost_one_timeout_together(four):
    frozen = four.servers[:3]
    timeout_s = 0.4
    for server in frozen:
        server.child.signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        found = four.engine.measure(four.addresses, timeout_s)
        took = time.monotonic() - begun
    finally:
        for server in frozen:
            server.child.signal(signal.SIGCONT)
    assert [found[address] is None for address in four.addresses] == [True, True, True, False]
    assert took < 2 * timeout_s


def test_what_is_missing_is_stored_and_nothing_else(four):
    server = four.servers[0]
    server.store([(0, 0)])
    kept, missing = stored_name(b"key-0", 0), stored_name(b"new", 0)
    four.engine.store_missing(server.address, {kept: b"older", missing: b"value"}, 2.0)
    with server.client as client:
        assert client.mget([kept, missing]) == [b"v" * 20, b"value"]
    assert four.engine.has(server.address, missing) is True
    assert four.engine.has(server.address, stored_name(b"never", 0)) is False
    with pytest.raises(Refusal, match="16383"):
        four.engine.store_missing(server.address, {stored_name(b"x", 16_383): b"value"}, 2.0)


def test_flushed_is_empty(four):
    server = four.servers[0]
    server.store([(0, 9)])
    four.engine.flush(server.address)
    with server.client as client:
        assert client.dbsize() == 0
