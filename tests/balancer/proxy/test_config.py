"""The configuration of HAProxy: HAProxy accepts it, and no name, password or address can inject anything into it."""

import socket
import subprocess

import pytest

from balancer.core.bounds import OutOfBounds
from balancer.proxy.algorithms import ALGORITHMS
from balancer.proxy.config import Health, Seat, Setup, config, relative
from balancer.proxy.errors import TooManyNodes, UnknownAlgorithm
from balancer.proxy.process import program
from balancer.proxy.seats import seated
from balancer.traffic.nodes import Target
from servers.address import Address

SEATS = [Seat(Address("127.0.0.1", 7001), 100), Seat(Address("::1", 7002), 50)]


def written(seats=SEATS, password="secret", setup=None) -> str:
    return config(setup or Setup(slots=4), seats, password, listener=7, runtime=8)


@pytest.mark.parametrize("setup", [Setup(), Setup(slots=2, full=1, retries=0, threads=2, health=Health(50, 1, 1))])
def test_haproxy_takes_it_without_a_warning(tmp_path, setup):
    (tmp_path / "policy.map").write_text("policy leastconn\n")
    with socket.socket() as listener, socket.socket(socket.AF_UNIX) as runtime:
        listener.bind(("127.0.0.1", 0))
        runtime.bind(str(tmp_path / "s"))
        inherited = (listener.fileno(), runtime.fileno())
        text = config(setup, SEATS, "secret", listener=inherited[0], runtime=inherited[1])
        checked = subprocess.run(
            [program() or "", "-c", "-f", "/dev/stdin"],
            input=text,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            pass_fds=inherited,
            check=False,
        )
    assert checked.returncode == 0, checked.stderr
    assert "Configuration file is valid" in checked.stdout
    assert checked.stderr == ""


def test_every_algorithm_has_a_backend_with_every_slot():
    text = written()
    for one in ALGORITHMS.values():
        _, _, section = text.partition(f"backend {one.name}\n")
        lines = section.partition("\n\n")[0]
        assert all(f"    {line}\n" in lines for line in one.lines)
        assert [line.split()[1] for line in lines.splitlines() if line.startswith("    server ")] == [
            "n1",
            "n2",
            "n3",
            "n4",
        ]


def test_it_listens_nowhere_by_itself():
    binds = [line.split() for line in written().splitlines() if line.split()[:1] in (["bind"], ["stats"])]
    assert binds == [
        ["stats", "socket", "fd@8", "level", "admin", "severity-output", "number"],
        ["bind", "fd@7"],
    ]


def test_a_name_cannot_say_anything():
    evil = "x\nfrontend y\n    bind *:80"
    assert written(seated([Target(evil, SEATS[0].address), Target("b", SEATS[1].address, 0.5)])) == written()


@pytest.mark.parametrize("password", ["x\n    bind *:80", 'a"b c#d', "$HOME", "日本"])
def test_a_password_cannot_say_anything(password):
    text = written(password=password)
    assert password not in text
    assert text.count("\n") == written().count("\n")
    assert password.encode().hex() in text


@pytest.mark.parametrize("host", ["", "localhost", "127.0.0.1 weight 3", "127.0.0.1\n    bind *", "::1]:1 backup ["])
def test_a_host_that_is_no_ip_address_is_refused(host):
    with pytest.raises(ValueError, match="IPv4 or IPv6"):
        written([Seat(Address(host, 7001), 1)])


def test_more_nodes_than_slots_are_refused():
    with pytest.raises(TooManyNodes):
        written(SEATS * 3)


def test_a_server_without_a_password_is_pinged_without_one():
    assert b"AUTH".hex() not in written(password="")


@pytest.mark.parametrize(
    "wrong", [{"slots": 0}, {"slots": 257}, {"retries": -1}, {"port": 65_536}, {"health": Health(every_ms=0)}]
)
def test_what_is_out_of_bounds_is_refused(wrong):
    with pytest.raises(OutOfBounds):
        Setup(**wrong)


def test_an_unknown_algorithm_is_refused():
    with pytest.raises(UnknownAlgorithm):
        Setup(algorithm="best")


@pytest.mark.parametrize(
    ("given", "weights"), [([], []), ([1, 1], [100, 100]), ([0.5, 2], [25, 100]), ([1e-9, 1], [1, 100]), ([7], [100])]
)
def test_weights_are_relative_to_the_heaviest(given, weights):
    assert relative(given) == weights
