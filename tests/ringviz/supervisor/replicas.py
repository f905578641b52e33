"""What tests of replicas do: find the two servers of a node, write what both have, and look for it afterwards."""

import json
import os
import signal
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from redis import Redis
from redis.exceptions import ClusterDownError

from ringviz.core.buckets import bucket_of, stored_name
from ringviz.core.placement import Murmur
from ringviz.selectors.placing import bucket_owners
from ringviz.stores import passwords
from ringviz.supervisor.copies import NOTE
from ringviz.supervisor.servers import is_replica
from tests.processes import until


class Process(NamedTuple):
    """A server as the system knows it."""

    pid: int
    port: int
    directory: Path

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def servers_of(real, number):
    """The primary and the replica of a node, the newest of each by their own views."""
    found = {}
    root = passwords.folder(real.known().cluster.pk)
    for path in sorted(root.glob(f"{number}.*"), key=lambda path: int(path.name.split(".")[1])):
        told = json.loads((path / "process.json").read_text())
        if told["identity"]:
            found[is_replica(path)] = Process(told["identity"]["pid"], told["port"], path)
    return found[False], found[True]


def client_of(real, server):
    return Redis(port=server.port, password=real.password(), socket_timeout=5)


def in_sync(real, number):
    """Waits until a node's replica is a full copy and the supervisor has noted it; returns both servers."""

    def followed():
        try:
            primary, replica = servers_of(real, number)
        except (KeyError, OSError, ValueError):
            return None
        with client_of(real, replica) as client:
            link = client.info("replication")
        follows = (link["role"], link.get("master_link_status"), link.get("master_port"))
        noted = (replica.directory / NOTE).exists()
        return (primary, replica) if noted and follows == ("slave", "up", primary.port) else None

    return until(followed, what=f"a replica of node {number} that is in sync")


def unsynced(real, number):
    """Makes a replica take over, and returns the new primary while its own replica has only begun to copy."""
    primary, replica = in_sync(real, number)
    with client_of(real, replica) as client:
        client.config_set("rdb-key-save-delay", 20_000)
    primary.kill()
    real.event("node_failed_over")

    def copying():
        with client_of(real, replica) as client:
            return (
                client.info("replication")["connected_slaves"] and client.info("persistence")["rdb_bgsave_in_progress"]
            )

    until(copying, what="a replica that copies")
    return replica


def write_confirmed(real, number, keys):
    """Sets every key of the node to a new value, confirmed by its replica: {stored name: value}."""
    owners = bucket_owners(real.state()).tolist()
    written = {}
    for key in (b"user:%d" % n for n in range(keys)):
        if owners[bucket := bucket_of(Murmur().hash(key))] == number:
            written[stored_name(key, bucket)] = b"confirmed " + key
    with client_of(real, servers_of(real, number)[0]) as client:
        pipe = client.pipeline(transaction=False)
        for name, value in written.items():
            pipe.set(name, value)
        pipe.wait(1, 5_000)
        assert pipe.execute()[-1] == 1
    return written


def lost_of(real, written):
    """The confirmed values that are missing, wherever their keys are now.

    After a start, servers take no command for two seconds, or until they have found each other; this waits for it.
    """

    def found():
        with suppress(ClusterDownError):
            return (_lost_of(real, written),)

    (lost,) = until(found, what="servers that take commands")
    return lost


def _lost_of(real, written):
    owners = bucket_owners(real.state()).tolist()
    addresses = {node["number"]: node["address"] for node in real.state()["nodes"]}
    asked = defaultdict(list)
    for name in written:
        bucket = bucket_of(Murmur().hash(name.partition(b"}")[2]))
        asked[addresses[owners[bucket]]].append(name)
    lost = []
    for address, names in asked.items():
        host, _colon, port = address.partition(":")
        with Redis(host, int(port), password=real.password(), socket_timeout=5) as client:
            pipe = client.pipeline(transaction=False)
            for name in names:
                pipe.get(name)
            lost += [name for name, value in zip(names, pipe.execute(), strict=True) if value != written[name]]
    return lost
