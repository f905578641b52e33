"""Where the servers of a cluster listen, and that each of them looks for the others there when they start again.

Each keeps a view of the cluster, with an address for every identity, in its `nodes.conf`. Somebody else may listen at
such an address by now; if that is a copy of the same folder, with the same identities and password, the two clusters
would take each other's servers for their own. So the views are brought up to date before any server starts.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from servers.address import Address
from servers.topology import Member, NotTopology, parse_own, with_addresses

HOST = "127.0.0.1"
VIEW = "nodes.conf"

Ports = tuple[int, int]


def free_ports() -> Ports:
    """Two ports that nobody listens on at this moment: for clients, and for the cluster's own talk."""
    with socket.socket() as one, socket.socket() as other:
        one.bind((HOST, 0))
        other.bind((HOST, 0))
        return one.getsockname()[1], other.getsockname()[1]


def old_ports(directory: Path) -> Ports | None:
    """The ports that the server of this directory had, if they are free."""
    try:
        content = json.loads((directory / "process.json").read_text())
        ports = int(content["port"]), int(content["bus"])
        for port in ports:
            with socket.socket() as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                tried.bind((HOST, port))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return ports


def settle_ports(directories: Sequence[Path]) -> None:
    """Gives every directory its ports, old or new, before any of its servers runs, and tells them to all views."""
    found = {directory: old_ports(directory) or free_ports() for directory in directories}
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
    """The member whose directory it is, as it last saw itself; None where it wrote nothing that can be read."""
    with suppress(OSError, NotTopology):
        return parse_own((directory / VIEW).read_text())
    return None


def _keep(directory: Path, ports: Ports) -> None:
    """Who ran there is over: `end_strays` came before."""
    content = {"identity": None, "port": ports[0], "bus": ports[1]}
    _replace(directory / "process.json", json.dumps(content))


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(text)
    draft.replace(path)
