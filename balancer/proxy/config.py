"""HAProxy's configuration. HAProxy reads it from standard input, so the nodes' password is never in a file.

A slot is a `server` line that every backend has under the same name: n1, n2, ... Slots without a node are in
maintenance, because the runtime socket can fill a slot under any algorithm but cannot add a server to a static one. The
configuration contains no names that a person chose, only numbers and addresses.

One more backend, NODES, gets no connections. It checks each node, and the servers of the other backends track its own.
So a node is checked once, and a change of its state applies to every algorithm.

A check logs in and pings. A check that only connects would miss a frozen node, whose kernel still accepts.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from balancer.core.bounds import within
from balancer.proxy.algorithms import ALGORITHMS, FIRST, Algorithm, algorithm
from balancer.proxy.errors import TooManyNodes
from servers.address import MAX_PORT, Address
from servers.resp import command

NODES: Final = "nodes"
MAP: Final = "policy.map"  # relative to HAProxy's working directory
KEY: Final = "policy"
HEAVIEST: Final = 100
MOST_SLOTS: Final = 256
NOWHERE: Final = Address("127.0.0.1", 1)  # the address of an empty slot, which is in maintenance


class Health(NamedTuple):
    """A node goes down after `fall` failed checks in a row, up after `rise` passed ones. A check has `every_ms`."""

    every_ms: int = 1_000
    fall: int = 2
    rise: int = 2


class Seat(NamedTuple):
    """A node's server: its address and its weight, 1 to HEAVIEST."""

    address: Address
    weight: int


@dataclass(frozen=True, slots=True)
class Setup:
    """The first algorithm, and the `port` to listen on at this machine. 0 picks a free one.

    At most `slots` nodes and `connections` at a time. For `first`, a node is full at `full` connections.

    If a node does not accept a connection within `connect_ms`, another is tried, `retries` times. Connections that are
    idle for `idle_ms` are closed. Raises OutOfBounds.
    """

    algorithm: str = FIRST
    port: int = 0
    slots: int = 32
    connections: int = 2_000
    full: int = 8
    connect_ms: int = 1_000
    idle_ms: int = 60_000
    retries: int = 3
    threads: int = 1
    health: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        algorithm(self.algorithm)
        for what, (least, most) in _BOUNDS.items():
            within(what, getattr(self, what), least, most)
        for what, value in self.health._asdict().items():
            within(what, value, 1, _MOST_OF_HEALTH[what])


_BOUNDS: Final = {
    "port": (0, MAX_PORT),
    "slots": (1, MOST_SLOTS),
    "connections": (1, 100_000),
    "full": (1, 100_000),
    "connect_ms": (1, 60_000),
    "idle_ms": (1, 3_600_000),
    "retries": (0, 100),
    "threads": (1, 64),
}
_MOST_OF_HEALTH: Final = {"every_ms": 60_000, "fall": 100, "rise": 100}


def config(setup: Setup, seats: Sequence[Seat], password: str, *, listener: int, runtime: int) -> str:
    """The whole configuration. `listener` and `runtime` are descriptors of listening sockets that HAProxy inherits.

    Raises TooManyNodes, and ValueError if a node's host is not an IP address.
    """
    if len(seats) > setup.slots:
        raise TooManyNodes(setup.slots)
    sections = [
        _section("global", _global(setup, runtime)),
        _section("defaults", _defaults(setup)),
        _section(
            "frontend clients",
            [
                f"bind fd@{listener}",
                f"use_backend %[str({KEY}),map({MAP})]",
            ],
        ),
        _section(f"backend {NODES}", [*_checks(password, setup.health), *_servers(setup, seats, "check")]),
        *(_section(f"backend {one.name}", _backend(one, setup, seats)) for one in ALGORITHMS.values()),
    ]
    return "\n".join(sections)


def relative(weights: Sequence[float]) -> list[int]:
    """Weights for HAProxy: the heaviest node gets HEAVIEST, and none gets less than 1."""
    heaviest = max(weights, default=1.0)
    return [max(1, round(weight / heaviest * HEAVIEST)) for weight in weights]


def slot_name(slot: int) -> str:
    """The name of a slot's servers. Slots count from 1."""
    return f"n{slot}"


def slot_of(name: str) -> int:
    """The slot of servers with this name."""
    return int(name.removeprefix("n"))


def _section(head: str, lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in [head, *(f"    {line}" for line in lines)])


def _global(setup: Setup, runtime: int) -> list[str]:
    return [
        f"stats socket fd@{runtime} level admin severity-output number",
        f"maxconn {setup.connections}",
        f"nbthread {setup.threads}",
    ]


def _defaults(setup: Setup) -> list[str]:
    return [
        "mode tcp",
        f"maxconn {setup.connections}",
        f"timeout connect {setup.connect_ms}ms",
        f"timeout queue {setup.connect_ms}ms",
        f"timeout client {setup.idle_ms}ms",
        f"timeout server {setup.idle_ms}ms",
        f"retries {setup.retries}",
        "option redispatch 1",
    ]


def _checks(password: str, health: Health) -> list[str]:
    """In hexadecimal, so that passwords need no quoting."""
    greeting = (command(b"AUTH", password.encode()) if password else b"") + command(b"PING")
    replies = "+OK\r\n+PONG\r\n" if password else "+PONG\r\n"
    return [
        f"timeout check {health.every_ms}ms",
        "option tcp-check",
        f"tcp-check send-binary {greeting.hex()}",
        f"tcp-check expect binary {replies.encode().hex()}",
        f"default-server inter {health.every_ms}ms fall {health.fall} rise {health.rise}",
    ]


def _backend(one: Algorithm, setup: Setup, seats: Sequence[Seat]) -> list[str]:
    return [*one.lines, *_servers(setup, seats, f"maxconn {setup.full}" if one.fills else "", track=True)]


def _servers(setup: Setup, seats: Sequence[Seat], words: str, *, track: bool = False) -> list[str]:
    lines = []
    for slot in range(1, setup.slots + 1):
        name = slot_name(slot)
        seat = seats[slot - 1] if slot <= len(seats) else None
        where, weight = seat or Seat(NOWHERE, HEAVIEST)
        ipaddress.ip_address(where.host)
        told = [f"server {name} {where} weight {weight}", words]
        told.append(f"track {NODES}/{name}" if track else "" if seat else "disabled")
        lines.append(" ".join(filter(None, told)))
    return lines
