"""HAProxy as a child process: started with its nodes, controlled through its socket, ended with its parent.

This process binds both sockets and HAProxy inherits them. So the port is known before HAProxy starts, and nobody has to
poll: a client of the runtime socket waits in its backlog until HAProxy answers, or gets an error once HAProxy has
exited. The last lines of its standard error are kept. End of file there means that HAProxy has exited.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from balancer.proxy.config import KEY, MAP, Seat, Setup, config
from balancer.proxy.errors import AlreadyRuns, Ended, NotInstalled, NotRunning
from balancer.proxy.runtime import Runtime
from balancer.proxy.undos import UNDOS
from fleet import process
from fleet.lockfile import LockFile
from fleet.ports import listen
from fleet.process import Child
from fleet.sockets import socket_path
from servers.address import Address

HOST: Final = "127.0.0.1"
START_S: Final = 30.0
END_S: Final = 2.0
SOCKET, PORT, LOCK = "admin.sock", "port", "lock"
_BESIDES = (
    "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"  # where it is installed on Debian and others, but often not on PATH
)
_BACKLOG: Final = 1_024
_LAST_WORDS: Final = 20


class Proxy:
    """A running HAProxy that listens at `address`. `ended` is set when it has exited by itself."""

    def __init__(self, address: Address, runtime: Runtime, child: Child, words: Words) -> None:
        self.address, self.runtime, self.child = address, runtime, child
        self.ended = words.ended
        self._words = words

    @property
    def last_words(self) -> str:
        """The last lines of its standard error."""
        return self._words.text


class Words(asyncio.Protocol):
    """Keeps the last lines of its standard error."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self._lines: deque[bytes] = deque(maxlen=_LAST_WORDS)

    @property
    def text(self) -> str:
        """The lines, stripped."""
        return b"\n".join(self._lines).decode(errors="replace")

    def data_received(self, data: bytes) -> None:
        """Keeps a few lines; the first may be cut."""
        self._lines.extend(data.splitlines())

    def connection_lost(self, exc: Exception | None) -> None:
        """The pipe was closed."""
        self.ended.set()


def program() -> str | None:
    """The path of HAProxy, or None if it is not installed."""
    return shutil.which("haproxy", path=f"{os.environ.get('PATH', os.defpath)}:{_BESIDES}")


@asynccontextmanager
async def running(folder: Path, seats: Sequence[Seat], password: str, setup: Setup) -> AsyncIterator[Proxy]:
    """Runs a proxy in front of these nodes, in slots 1, 2, ..., until the block ends. Enter it on the main thread.

    Creates `folder` for its owner only. Afterwards removes its files, except for the lock.

    Raises NotInstalled, AlreadyRuns, Ended, PortUnavailable, NotPrivate, and what `config` raises.
    """
    binary = program()
    if binary is None:
        raise NotInstalled
    lock = _locked(folder)
    try:
        proxy = await _started(binary, folder, seats, password, setup)
        try:
            await _answering(proxy)
            yield proxy
        finally:
            await asyncio.to_thread(proxy.child.end, END_S)
    finally:
        _clear(folder)
        lock.release()


def runtime_in(folder: Path) -> Runtime:
    """The runtime socket of this folder's proxy, running or not."""
    return Runtime(socket_path(folder, SOCKET))


def address_in(folder: Path) -> Address | None:
    """The address of this folder's proxy. None if none was started."""
    with suppress(FileNotFoundError, ValueError):
        return Address(HOST, int((folder / PORT).read_text()))
    return None


def _locked(folder: Path) -> LockFile:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = LockFile(folder / LOCK)
    if not lock.acquire():
        raise AlreadyRuns
    _clear(folder)  # left by a killed proxy; the lock shows that none is running
    return lock


def _clear(folder: Path) -> None:
    for name in (MAP, PORT, UNDOS):
        (folder / name).unlink(missing_ok=True)
    socket_path(folder, SOCKET).unlink(missing_ok=True)


def _prepare(folder: Path, setup: Setup, port: int) -> None:
    (folder / MAP).write_text(f"{KEY} {setup.algorithm}\n")
    (folder / PORT).write_text(str(port))


async def _started(binary: str, folder: Path, seats: Sequence[Seat], password: str, setup: Setup) -> Proxy:
    path = socket_path(folder, SOCKET)
    read_end, write_end = os.pipe()
    words = Words()
    await asyncio.get_running_loop().connect_read_pipe(lambda: words, os.fdopen(read_end, "rb", buffering=0))
    with os.fdopen(write_end, "wb", buffering=0) as errors, socket.socket(socket.AF_UNIX) as runtime:
        runtime.bind(str(path))
        runtime.listen(_BACKLOG)
        bound = listen(HOST, setup.port, tries=1)
        _prepare(folder, setup, bound.port)
        with bound.socket as listener:
            inherited = (listener.fileno(), runtime.fileno())
            told = config(setup, seats, password, listener=inherited[0], runtime=inherited[1])
            child = process.start(
                "haproxy",
                [binary, "-db", "-f", "/dev/stdin"],
                cwd=folder,
                pass_fds=inherited,
                stdin=told.encode(),
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
    return Proxy(Address(HOST, bound.port), Runtime(path), child, words)


async def _answering(proxy: Proxy) -> None:
    """Waits until it responds. Raises Ended."""
    try:
        await Runtime(proxy.runtime.path, START_S).ask("show info")
    except NotRunning:
        with suppress(TimeoutError):
            async with asyncio.timeout(END_S):
                await proxy.ended.wait()
        raise Ended(proxy.last_words) from None
