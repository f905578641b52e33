"""Where the servers of a cluster listen, and that each of them looks for the others there when they start again.

Each keeps a view of the cluster, with an address for every identity, in its `nodes.conf`. Somebody else may listen at
such an address by now; if that is a copy of the same folder, with the same identities and password, the two clusters
would take each other's servers for their own. So the views are brought up to date before any server starts.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

HOST = "127.0.0.1"
_VIEW = re.compile(r"^(?P<id>[0-9a-f]{40}) [^ ,]*:\d+@\d+", re.MULTILINE)
_MYSELF = re.compile(r"^([0-9a-f]{40}) \S+ \S*\bmyself\b", re.MULTILINE)

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
        told = json.loads((directory / "process.json").read_text())
        ports = int(told["port"]), int(told["bus"])
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
    by_id: dict[str, Ports] = {}
    for directory, ports in found.items():
        _keep(directory, ports)
        with suppress(OSError):
            by_id |= dict.fromkeys(_MYSELF.findall((directory / "nodes.conf").read_text()), ports)
    for directory in found:
        with suppress(FileNotFoundError):
            view = (directory / "nodes.conf").read_text()
            _replace(directory / "nodes.conf", _VIEW.sub(lambda line: _at(line, by_id), view))


def _at(line: re.Match[str], by_id: dict[str, Ports]) -> str:
    """The start of a member's line with its present address; of a stranger, who is none of ours any more, as it is."""
    ports = by_id.get(line["id"])
    return line[0] if ports is None else f"{line['id']} {HOST}:{ports[0]}@{ports[1]}"


def _keep(directory: Path, ports: Ports) -> None:
    """Who ran there is over: `end_strays` came before."""
    told = {"identity": None, "port": ports[0], "bus": ports[1]}
    _replace(directory / "process.json", json.dumps(told))


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(text)
    draft.replace(path)
