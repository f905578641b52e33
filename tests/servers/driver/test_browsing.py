"""Keys and values as a server has them, page by page and at random. Only reads."""

import time

import pytest

from ringviz.core.buckets import stored_name
from servers.driver.browsing import COMMANDS, MOST_MEMBERS, MOST_WORD, Held, _Asking
from servers.driver.engine import Engine
from servers.errors import Refusal, Unreachable
from tests.servers.driver.servers import PASSWORD, Cluster, Server

WITHIN_S = 20.0
SLOT = 3  # of the first of four servers


@pytest.fixture
def engine() -> Engine:
    """Patient, because a delay on a busy machine is not an error."""
    return Engine(PASSWORD, WITHIN_S)


def name(key: str) -> bytes:
    return stored_name(key.encode(), SLOT)


def only(engine: Engine, server: Server) -> Held:
    """The only key of a server."""
    (held,) = engine.page_of_keys(server.address, 0, 50, WITHIN_S).keys
    return held


def test_every_key_is_on_one_of_the_pages(four: Cluster, engine: Engine):
    server = four.servers[0]
    server.store([(0, 199)], 2)
    found, cursor, pages = [], 0, 0
    while pages == 0 or cursor:
        look = engine.page_of_keys(server.address, cursor, 50, WITHIN_S)
        assert look.total == 400
        assert all(held.state == "here" and held.kind == "string" for held in look.keys)
        found += [held.name for held in look.keys]
        cursor, pages = look.cursor, pages + 1
    assert pages >= 4
    assert set(found) == {stored_name(b"key-%d" % n, slot) for n in range(2) for slot in range(200)}


def test_an_empty_server_has_one_empty_page_and_no_sample(four: Cluster, engine: Engine):
    address = four.servers[0].address
    page = engine.page_of_keys(address, 0, 50, WITHIN_S)
    assert (list(page.keys), page.total, page.cursor) == ([], 0, 0)
    sample = engine.random_keys(address, 50, WITHIN_S)
    assert (list(sample.keys), sample.total, sample.drawn) == ([], 0, 0)


def test_a_sample_has_different_keys_and_says_how_often_it_drew(four: Cluster, engine: Engine):
    server = four.servers[0]
    server.store([(0, 9)])
    sample = engine.random_keys(server.address, 200, WITHIN_S)
    names = [held.name for held in sample.keys]
    assert sample.drawn == 200
    assert len(names) == len(set(names)) == 10 == sample.total  # missed once in a hundred million runs


def test_a_string_is_cut_and_its_length_and_expiry_are_told(four: Cluster, engine: Engine):
    server = four.servers[0]
    with server.client as client:
        client.set(name("long"), b"x" * 5_000, px=600_000)
    held = only(engine, server)
    assert (held.kind, held.length, held.beginning) == ("string", 5_000, ((b"x" * MOST_WORD,),))
    assert held.ttl_ms is not None
    assert 0 < held.ttl_ms <= 600_000
    assert held.bytes is not None
    assert held.bytes > 5_000


@pytest.mark.parametrize("many", [False, True], ids=["compact", "as a table"])
@pytest.mark.parametrize("kind", ["hash", "list", "set", "zset", "stream"])
def test_of_other_types_the_first_few_members_are_read(four: Cluster, engine: Engine, kind: str, many: bool):
    server, count = four.servers[0], 3_000 if many else 2
    with server.client as client, client.pipeline(transaction=False) as pipeline:
        for n in range(count):
            adding = {
                "hash": lambda n: pipeline.hset(name("k"), f"f{n}", f"v{n}"),
                "list": lambda n: pipeline.rpush(name("k"), f"m{n}"),
                "set": lambda n: pipeline.sadd(name("k"), f"m{n}"),
                "zset": lambda n: pipeline.zadd(name("k"), {f"m{n}": n}),
                "stream": lambda n: pipeline.xadd(name("k"), {"a": f"v{n}", "b": "w"}, id=f"1-{n + 1}"),
            }
            adding[kind](n)
        pipeline.execute()
    held = only(engine, server)
    assert (held.kind, held.length, held.ttl_ms) == (kind, count, None)
    assert held.beginning is not None
    assert len(held.beginning) == min(count, MOST_MEMBERS)
    first = {
        "list": (b"m0",),
        "zset": (b"m0", b"0"),
        "stream": (b"1-1", b"a", b"v0", b"b", b"w"),
    }
    if kind in first:
        assert held.beginning[0] == first[kind]
    elif kind == "hash":
        assert all(field[:1] == b"f" and value == b"v" + field[1:] for field, value in held.beginning)
    else:
        assert all(word.startswith(b"m") for (word,) in held.beginning)


def test_members_that_are_too_large_are_counted_and_not_read(four: Cluster, engine: Engine):
    server = four.servers[0]
    with server.client as client:
        client.rpush(name("huge"), *[b"x" * 200_000] * 3)
    held = only(engine, server)
    assert (held.kind, held.length, held.beginning) == ("list", 3, None)


def test_a_key_that_moved_or_went_meanwhile_is_told_as_such(four: Cluster, engine: Engine, monkeypatch):
    server = four.servers[0]
    server.store([(SLOT, SLOT)], 2)
    moved, gone = stored_name(b"elsewhere", 16_000), name("key-0")
    reply = (0, [moved, gone, name("key-1")])
    ask = engine._calls.many
    asked: list[str] = []

    def many(address, commands, timeout_s=None):
        if commands[0][0] == "SCAN":
            with server.client as client:
                client.delete(gone)
            return [reply]
        asked.extend(words[0] for words in commands)
        return ask(address, commands, timeout_s)

    monkeypatch.setattr(engine._calls, "many", many)
    look = engine.page_of_keys(server.address, 0, 50, WITHIN_S)
    assert [held.state for held in look.keys] == ["moved", "gone", "here"]
    assert "TYPE" in asked


def test_nothing_is_sent_that_is_not_on_the_list_and_nothing_on_it_writes(four: Cluster, engine: Engine):
    server = four.servers[0]
    with server.client as client:
        client.rpush(name("l"), "m")
        client.set(name("s"), "v")
        flags = client.execute_command("COMMAND", "INFO", *(one.split()[0] for one in COMMANDS))
        writing = [one["name"] for one in flags.values() if "write" in one["flags"]]
        client.config_resetstat()
        before = client.execute_command("DBSIZE")
        engine.page_of_keys(server.address, 0, 50, WITHIN_S)
        engine.random_keys(server.address, 5, WITHIN_S)
        sent = {one.removeprefix("cmdstat_").replace("|", " ").upper() for one in client.info("commandstats")}
        assert client.execute_command("DBSIZE") == before
    assert writing == []
    ours = {one for one in sent if one.split()[0] not in ("CONFIG", "AUTH", "CLIENT", "INFO", "REPLCONF", "PING")}
    assert {"SCAN", "GETRANGE", "LRANGE", "RANDOMKEY", "MEMORY USAGE"} <= ours <= COMMANDS
    for other in (("DEL", "k"), ("MEMORY", "PURGE")):
        with pytest.raises(ValueError, match="not for reading"):
            engine._read(_Asking(server.address, time.monotonic() + WITHIN_S), [other])


def test_a_frozen_server_costs_one_deadline(three: Cluster):
    hasty, server = Engine(PASSWORD, 0.2), three.servers[0]
    server.child.freeze()
    try:
        with pytest.raises(Unreachable):
            hasty.page_of_keys(server.address, 0, 50, 1.0)
    finally:
        server.child.thaw()


def test_time_that_is_over_ends_the_look(four: Cluster, engine: Engine):
    with pytest.raises(Unreachable, match="too slow"):
        engine.page_of_keys(four.servers[0].address, 0, 50, 0.0)


def test_a_cursor_that_no_server_gives_is_refused(four: Cluster, engine: Engine):
    with pytest.raises(Refusal):
        engine.page_of_keys(four.servers[0].address, 2**64, 50, WITHIN_S)
