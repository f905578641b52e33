"""What servers are asked, what it costs when they are silent, and what is never told."""

import pytest

from servers.address import Address
from servers.driver.config import server_config
from servers.driver.engine import Engine
from servers.errors import EngineError, NotAgreed, Refusal, Unreachable
from tests.servers.driver.servers import PASSWORD, free_ports


def test_nobody_there():
    engine = Engine(PASSWORD)
    nowhere = Address("127.0.0.1", free_ports()[0])
    assert not engine.answers(nowhere)
    assert not engine.takes_writes(nowhere)
    assert not engine.agreed([nowhere])
    assert engine.measure([nowhere]) == {nowhere: None}
    with pytest.raises(Unreachable):
        engine.identity(nowhere)
    with pytest.raises(NotAgreed):
        engine.wait_agreed([nowhere], 0.05)


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
