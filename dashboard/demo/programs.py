"""The programs of a demo and how to start them: the same as in a deployment, in their smallest form."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from dashboard.demo.address import Host
from fleet.ports import BoundSocket
from fleet.process import Child, start

Starter = Callable[[], Child]

GRACEFUL_SHUTDOWN_S = 3
SOCKET_MESSAGE_BYTES = 4096  # pages send almost nothing


def start_web(listener: BoundSocket, directory: Path, base: Path, host: Host) -> Child:
    """One web process on a socket that is already listening: connections wait in it while the process (re)starts."""
    return start(
        "web",
        web_command(listener.socket.fileno()),
        cwd=base,
        env=web_environment(os.environ, listener.port, directory, host),
        pass_fds=[listener.socket.fileno()],
    )


def start_supervisor(directory: Path, base: Path) -> Child:
    """The supervisor: the servers of the managed clusters are its children, and end with it."""
    return _start_command("supervise", directory, base)


def start_watcher(directory: Path, base: Path) -> Child:
    """The lock watcher: the workers of the stage are its children, and end with it."""
    return _start_command("watch", directory, base)


def _start_command(name: str, directory: Path, base: Path) -> Child:
    command = [sys.executable, str(base / "manage.py"), name]
    return start(name, command, cwd=base, env={**os.environ, "DATA_DIR": str(directory), "PYTHONUNBUFFERED": "1"})


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
    """Its environment: its real port, its own cookies, the host names it answers to, plain http."""
    ours = {
        "PORT": str(port),
        "COOKIE_PREFIX": outer.get("COOKIE_PREFIX", "").strip() or f"ringviz_{port}",
        "DATA_DIR": str(directory),
        "ALLOWED_HOSTS": ",".join(host.names()),
        "DEPLOYED": "0",
        "PYTHONUNBUFFERED": "1",
    }
    return {**outer, **ours}
