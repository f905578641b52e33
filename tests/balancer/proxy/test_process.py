"""HAProxy as a child process: started, ended, found dead, and never twice in one folder."""

import os
import stat

import pytest

from balancer.proxy import process
from balancer.proxy.config import Seat, Setup
from balancer.proxy.errors import AlreadyRuns, Ended, NotInstalled, NotRunning, TooManyNodes
from balancer.proxy.process import LOCK, SOCKET, address_in, running
from balancer.proxy.undos import Done, Undos
from fleet.ports import PortUnavailable
from servers.address import Address
from tests.processes import gone_within

NOBODY = [Seat(Address("127.0.0.1", 1), 100)]
SETUP = Setup(slots=2, algorithm="leastconn")


async def test_it_begins_under_the_algorithm_that_is_asked_for_and_leaves_nothing(folder):
    async with running(folder, NOBODY, "secret", SETUP) as proxy:
        assert await proxy.runtime.algorithm() == "leastconn"
        assert address_in(folder) == proxy.address
        Undos(folder).push(Done("x", ()))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert not [path for path in folder.iterdir() if path.is_file() and b"secret" in path.read_bytes()]
        pid = proxy.child.pid
    assert gone_within(pid)
    assert [path.name for path in folder.iterdir()] == [LOCK]
    assert address_in(folder) is None
    with pytest.raises(NotRunning):
        await proxy.runtime.algorithm()


async def test_a_folder_has_one_proxy(folder):
    async with running(folder, NOBODY, "", SETUP) as proxy:
        with pytest.raises(AlreadyRuns):
            async with running(folder, NOBODY, "", SETUP):
                pass
        assert await proxy.runtime.algorithm() == "leastconn"


async def test_the_end_of_haproxy_is_noticed_and_another_one_can_be_started(folder):
    async with running(folder, NOBODY, "", SETUP) as proxy:
        proxy.child.kill()
        await proxy.ended.wait()
        with pytest.raises(NotRunning):
            await proxy.runtime.algorithm()
    async with running(folder, NOBODY, "", SETUP) as proxy:
        assert await proxy.runtime.algorithm() == "leastconn"


async def test_what_a_killed_program_left_is_in_nobodys_way(folder):
    folder.mkdir()
    (folder / SOCKET).touch()
    Undos(folder).push(Done("of another run", ()))
    async with running(folder, NOBODY, "", SETUP) as proxy:
        assert await proxy.runtime.algorithm() == "leastconn"
        assert not (folder / "undos").exists()


async def test_a_configuration_that_haproxy_refuses_is_told_in_its_words(folder, monkeypatch):
    monkeypatch.setattr(process, "config", lambda *_args, **_kwargs: "global\n    nonsense\n")
    with pytest.raises(Ended, match="nonsense"):
        async with running(folder, NOBODY, "", SETUP):
            pass
    assert [path.name for path in folder.iterdir()] == [LOCK]


async def test_a_port_that_is_taken_is_refused(folder, tmp_path):
    async with running(folder, NOBODY, "", SETUP) as proxy:
        with pytest.raises(PortUnavailable):
            async with running(tmp_path, NOBODY, "", Setup(port=proxy.address.port)):
                pass


async def test_without_haproxy_it_says_so(folder, monkeypatch):
    monkeypatch.setattr(process, "_BESIDES", os.devnull)
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(NotInstalled):
        async with running(folder, NOBODY, "", SETUP):
            pass


async def test_too_many_nodes_are_refused_before_anything_is_started(folder):
    with pytest.raises(TooManyNodes):
        async with running(folder, NOBODY * 3, "", SETUP):
            pass
    assert [path.name for path in folder.iterdir()] == [LOCK]
