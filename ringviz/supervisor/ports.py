"""Chooses the ports of a cluster's servers, and makes restarted servers look for each other there.

Each server stores its view of the cluster, with an address for every identity, in its `nodes.conf`. Another program may
listen at such an address now. If that is a copy of the same folder, with the same identities and password, the two
clusters would mix up their servers. So the views are updated before any server starts.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from servers.address import Address
from servers.topology import Member, NotTopology, parse_own, with_addresses

HOST = "127.0.0.1"
VIEW = "nodes.conf"

Ports = tuple[int, int]


def free_ports() -> Ports:
    """Two currently free ports: one for clients, one for the cluster bus."""
    with ExitStack() as held:
        return _hold_free(held)


def old_ports(directory: Path) -> Ports | None:
    """The previous ports of this directory's server, if they are free."""
    with ExitStack() as held:
        return _hold_old(directory, held)


def settle_ports(directories: Sequence[Path]) -> None:
    """Gives every directory its ports, old or new, before any server runs, and writes them into all views."""
    with ExitStack() as held:  # held together, so that no two get the same
        old: dict[Path, Ports | None] = {}
        for directory in directories:
            ports = _hold_old(directory, held)
            used = {port for ports in old.values() for port in ports or ()}
            old[directory] = ports if ports and used.isdisjoint(ports) else None
        found = {directory: ports or _hold_free(held) for directory, ports in old.items()}
    places: dict[str, tuple[Address, int]] = {}
    for directory, (port, bus) in found.items():
        _keep(directory, (port, bus))
        if own := own_view(directory):
            places[own.id] = Address(HOST, port), bus
    for directory in found:
        with suppress(FileNotFoundError):
            view = (directory / VIEW).read_text()
            _replace(directory / VIEW, with_addresses(view, places))


def own_view(directory: Path) -> Member | None:
    """The directory's own member as it last saw itself. None if its file cannot be read."""
    with suppress(OSError, NotTopology):
        return parse_own((directory / VIEW).read_text())
    return None


def _hold_free(held: ExitStack) -> Ports:
    """Two free ports that nobody else gets while they are held."""
    return _hold(0, held), _hold(0, held)


def _hold_old(directory: Path, held: ExitStack) -> Ports | None:
    """Holds the ports of a directory, if they are free."""
    try:
        content = json.loads((directory / "process.json").read_text())
        with ExitStack() as ours:
            ports = _hold(int(content["port"]), ours), _hold(int(content["bus"]), ours)
            held.push(ours.pop_all())
            return ports
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def _hold(port: int, held: ExitStack) -> int:
    """Binds a port (0: any free one) until `held` ends. Raises OSError if it is taken."""
    bound = held.enter_context(socket.socket())
    if port:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((HOST, port))
    return int(bound.getsockname()[1])


def _keep(directory: Path, ports: Ports) -> None:
    """The process that ran there has ended: `end_strays` came first."""
    content = {"identity": None, "port": ports[0], "bus": ports[1]}
    _replace(directory / "process.json", json.dumps(content))


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(text)
    draft.replace(path)
