"""What servers are asked, what it costs when they are silent, and what is never revealed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from servers.address import Address
from servers.driver import calls
from servers.driver.config import server_config
from servers.driver.engine import Engine
from servers.errors import EngineError, NotAgreed, Refusal, Unreachable
from tests.ports import free_ports
from tests.processes import opened, until
from tests.servers.driver.servers import PASSWORD


def test_nobody_there():
    engine = Engine(PASSWORD)
    nowhere = Address("127.0.0.1", free_ports(1)[0])
    assert not engine.answers(nowhere)
    assert not engine.takes_writes(nowhere)
    assert not engine.agreed([nowhere])
    assert engine.measure([nowhere]) == {nowhere: None}
    with pytest.raises(Unreachable):
        engine.identity(nowhere)
    with pytest.raises(NotAgreed):
        engine.wait_agreed([nowhere], 0.05)


def test_a_server_that_is_left_costs_nothing_more(four):
    engine = Engine(PASSWORD)
    before = sockets()
    for address in four.addresses:
        engine.measure([address], 5.0)
        engine.identity(address)
    assert len(sockets() - before) >= 2 * len(four.addresses)
    for address in four.addresses:
        engine.leave(address)
    assert sockets() <= before
    assert engine.identity(four.addresses[0]) == four.servers[0].id  # whoever is asked again answers
    engine.close()
    assert sockets() <= before


def test_a_server_that_is_left_while_another_thread_asks_it_answers_that(four):
    engine, server = Engine(PASSWORD, 20.0), four.servers[0]
    server.child.freeze()
    try:
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(engine.identity, server.address)
            until(lambda: engine._calls._clients, what="a question")
            engine.leave(server.address)
            server.child.thaw()
            assert asking.result() == server.id
    finally:
        server.child.thaw()


def test_a_server_that_is_left_while_another_thread_asks_it_much_answers_that(four):
    engine, server = Engine(PASSWORD), four.servers[0]
    server.child.freeze()
    try:
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(engine.measure, [server.address], 20.0)
            until(lambda: engine._calls._clients, what="a question")
            engine.leave(server.address)
            server.child.thaw()
            assert asking.result()[server.address] is not None
    finally:
        server.child.thaw()


def test_who_is_left_by_one_thread_while_another_asks_is_let_go_with_the_next(four, monkeypatch):
    monkeypatch.setattr(calls, "IDLE_S", 0.0)
    engine, before = Engine(PASSWORD), sockets()
    engine.identity(four.addresses[0])
    engine.leave(four.addresses[1])
    assert sockets() <= before


def test_a_cluster_that_is_left_asks_nobody(four):
    engine = Engine(PASSWORD)
    engine.close()
    assert engine.measure(four.addresses) == dict.fromkeys(four.addresses)
    with pytest.raises(Unreachable):
        engine.identity(four.addresses[0])


def sockets():
    """The sockets that this process has open. Those of earlier tests may close meanwhile."""
    return {link for link in opened() if link.startswith("socket:")}


def test_a_wrong_password_is_not_told(four):
    engine = Engine("a-secret-guess")
    with pytest.raises(EngineError) as raised:
        engine.identity(four.addresses[0])
    assert "a-secret-guess" not in f"{raised.value!r}{engine!r}{raised.value.__cause__!r}"
    assert engine.measure(four.addresses[:1]) == {four.addresses[0]: None}


def test_a_refusal_that_repeats_the_password_does_not(four):
    with pytest.raises(Refusal) as raised:
        four.engine._calls.one(four.addresses[0], "NOSUCH", PASSWORD)
    assert PASSWORD not in str(raised.value)


def test_the_configuration_holds_what_it_is_given():
    told = server_config(port=7001, bus_port=17001, directory='/tmp/a "b" \\c', password="p", memory=64).decode()
    assert 'dir "/tmp/a \\"b\\" \\\\c"\n' in told
    assert 'maxmemory "64"\n' in told
    with pytest.raises(ValueError, match="control"):
        server_config(port=7001, bus_port=17001, directory="/tmp\nbind *", password="p", memory=0)
