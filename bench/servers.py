"""How long real servers keep clients waiting: `python -m bench.servers` prints JSON lines as `bench.core` does.

After a death: from the verdict until the next owner of each of the dead node's buckets accepts writes. For a new node:
from its start until it accepts writes, compared with a primary that is just started. For a large cluster: until 64
nodes answer as one.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402
from redis import Redis, RedisError  # noqa: E402
from redis.exceptions import MovedError  # noqa: E402

from bench.core import line  # noqa: E402
from ringviz.core.buckets import stored_name  # noqa: E402
from ringviz.selectors.placing import bucket_owners  # noqa: E402
from servers.address import Address  # noqa: E402
from servers.slots import ranges_of  # noqa: E402
from tests.installations import installation  # noqa: E402
from tests.processes import until  # noqa: E402
from tests.servers.driver.servers import PASSWORD, WITHIN_S, cluster, even  # noqa: E402
from tests.supervised import Installation  # noqa: E402

NODES, KILLS, JOINS, MANY = 8, 7, 5, 64
_EVERY_S = 0.001
_ROUND_S = 0.02


def takes_writes(address: Address, password: str, bucket: int) -> bool:
    """Whether a server accepts a write to a bucket."""
    with Redis(host=address.host, port=address.port, password=password, socket_timeout=0.2) as client:
        try:
            return bool(client.set(stored_name(b"bench", bucket), b"v"))
        except (RedisError, OSError):
            return False


def until_written(address: Address, password: str, bucket: int, begun: float) -> float:
    """Seconds from `begun` to the first write that is accepted."""
    while not takes_writes(address, password, bucket):
        time.sleep(_EVERY_S)
    return time.perf_counter() - begun


def after_a_verdict(nodes: int) -> list[float]:
    """The engine alone: seconds from the verdict until every bucket of the dead node has accepted a write.

    The writer is a separate process. It asks any survivor and follows redirects.
    """
    times = []
    with cluster(nodes) as made:
        for _ in range(KILLS):
            dead, *others = made.servers
            slots = [slot for first, last in made.ranges(dead) for slot in range(first, last + 1)]
            shares = {one.address: slots[at :: len(others)] for at, one in enumerate(others)}
            gains = {address: ranges_of(np.array(share)) for address, share in shares.items() if share}
            with writing([one.port for one in others], slots) as writer:
                dead.child.kill()
                writer.send(time.monotonic())
                made.engine.reassign([dead.id], gains, [one.address for one in others])
                times.append(writer.recv())
            made.servers = others
            made.servers = [*others, new := made.joined()]
            made.engine.hand_over({new.address: ranges_of(np.array(slots))}, made.addresses)
    return times


@contextmanager
def writing(ports: list[int], slots: list[int]) -> Iterator["Connection[float, float]"]:
    """A process that is told when the node died, and reports how many seconds later the last slot accepted a write."""
    ours, theirs = get_context("spawn").Pipe()
    writer = get_context("spawn").Process(target=write_all, args=(theirs, ports, PASSWORD, slots), daemon=True)
    writer.start()
    theirs.close()  # so that the reader notices its end
    try:
        ours.recv()  # it is connected
        yield ours
    finally:
        writer.kill()
        writer.join()


def write_all(told: "Connection[float, float]", ports: list[int], password: str, slots: list[int]) -> None:
    """Writes to every slot that has not accepted a write yet, in rounds of one pipeline per server."""
    clients = {port: Redis(port=port, password=password, socket_timeout=5) for port in ports}
    for client in clients.values():
        client.ping()
    where = {slot: random.choice(ports) for slot in slots}
    told.send(0.0)
    begun = told.recv()
    while where:
        time.sleep(_ROUND_S)  # so that it leaves the core to the servers it waits for
        for port, client in clients.items():
            asked = [slot for slot, at in where.items() if at == port]
            pipeline = client.pipeline(transaction=False)
            for slot in asked:
                pipeline.set(stored_name(b"bench", slot), b"v")
            for slot, reply in zip(asked, pipeline.execute(raise_on_error=False), strict=True):
                if reply is True:
                    del where[slot]
                else:
                    owner = reply.port if isinstance(reply, MovedError) else 0
                    where[slot] = owner if owner in clients else random.choice(ports)
    told.send(time.monotonic() - begun)


def after_a_kill() -> float:
    """The whole product: seconds from an unannounced SIGKILL until a bucket of the dead node accepts writes again."""
    times = []
    with installation(nullcontext_blocker(), settings, nodes=NODES, keys=20_000) as ours:
        for _ in range(KILLS):
            state = ours.rest()
            number = max((node["keys"], node["number"]) for node in state["nodes"] if node["state"] == "active")[1]
            bucket = int((bucket_owners(state) == number).nonzero()[0][0])
            nodes = [{**node, "state": "down"} if node["number"] == number else node for node in state["nodes"]]
            heir = int(bucket_owners({**state, "nodes": nodes})[bucket])  # type: ignore[typeddict-item]
            address = Address.parse(ours.node(heir)["address"])
            begun = time.perf_counter()
            os.kill(ours.pid_of(number), 9)
            times.append(until_written(address, ours.password(), bucket, begun))
            until(partial(is_down, ours, number), what="the verdict")
            ours.rest()
            ours.act("revive", node=number)
    return median(times)


def is_down(ours: Installation, number: int) -> bool:
    """Whether the log records a node's death."""
    return bool(ours.node(number)["state"] == "down")


def of_a_new_node() -> tuple[float, float]:
    """Seconds from a server's start until it accepts writes: when we make it join, and when a primary is left alone."""
    ours, plain = [], []
    with cluster(3) as made:
        for _ in range(JOINS):
            begun = time.perf_counter()
            new = made.joined()
            slot = made.ranges(made.servers[0])[0][0]
            made.engine.move(made.servers[0].address, new.id, [(slot, slot)])
            ours.append(until_written(new.address, PASSWORD, slot, begun))
            made.engine.move(new.address, made.servers[0].id, [(slot, slot)])
            until_written(made.servers[0].address, PASSWORD, slot, begun)
    for _ in range(JOINS):
        with cluster(0) as made:
            begun = time.perf_counter()
            alone = made.start()
            with Redis(port=alone.port, password=PASSWORD) as client:
                client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16_383)
            plain.append(until_written(alone.address, PASSWORD, 0, begun))
    return median(ours), median(plain)


def many() -> float:
    """Seconds from the start of the first of 64 servers until all accept writes as one cluster."""
    with cluster(0) as made:
        begun = time.perf_counter()
        made.servers = [made.start() for _ in range(MANY)]
        made.engine.form(made.addresses, dict(zip(made.addresses, even(MANY), strict=True)), WITHIN_S)
        found = made.engine.measure(made.addresses, 2.0)
        assert all(found.values()), "not all of them answer"
        return time.perf_counter() - begun


def nullcontext_blocker() -> object:
    """Replaces pytest-django's: outside pytest nothing blocks the database."""

    class Unblocked:
        def unblock(self) -> object:
            return nullcontext()

    return Unblocked()


def main() -> None:
    """Prints the lines."""
    peer = "cluster-node-timeout 15 s, default"
    for nodes in (NODES, MANY):
        found = after_a_verdict(nodes)
        note = f"median of {KILLS}, worst {max(found) * 1000:.0f}; the last of all buckets of the dead"
        name = f"writes back after a verdict, {nodes} nodes"
        print(line(name, median(found) * 1000, "ms", peer, 15_000, "1 s", note), flush=True)
    name = "writes back after SIGKILL, supervisor and all"
    print(line(name, after_a_kill() * 1000, "ms", peer, 15_000, "1 s", f"median of {KILLS}"), flush=True)
    ours, plain = of_a_new_node()
    note = f"median of {JOINS}; a slot moves to it as soon as it has joined"
    print(
        line("a new node refuses writes", ours * 1000, "ms", "a primary left alone", plain * 1000, "", note), flush=True
    )
    print(line("64 nodes start and answer as one", many(), "s", peer, 15, "", "one run"), flush=True)


if __name__ == "__main__":
    main()
