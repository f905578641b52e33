"""The servers of a cluster's nodes, their roles, and the engine's map of bucket owners."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.hands import Hands
from ringviz.core.state import State
from ringviz.models import Node
from ringviz.selectors.placing import members_of
from ringviz.supervisor.copies import Copies
from ringviz.supervisor.ports import settle_ports
from ringviz.supervisor.servers import NotStarted, PortTaken, Server, Servers, is_replica, owns_slots
from servers.address import Address
from servers.driver.engine import Engine
from servers.errors import EngineError, Unreachable
from servers.slots import in_ranges
from servers.watching.detector import ServerKey
from servers.watching.heartbeat import Heartbeat

logger = logging.getLogger(__name__)

AGREE_WITHIN_S = 15.0
STARTED_AT_ONCE = 8
PORTS_TRIED = 3
_SOON_S = 0.1
_ASKED_FIRST = 2
UNKNOWN = -1  # owner of a bucket held by an identity that is not ours any more


class Members:
    """Used by the keeper's thread, except for `current`, which is a copy."""

    def __init__(
        self,
        cluster: Any,
        engine: Engine,
        hands: Hands,
        heartbeat: Heartbeat,
        *,
        password: str,
        on_end: Callable[[Server], None],
    ) -> None:
        self._cluster_id: int = cluster.pk
        self.replicas: int = cluster.replicas  # wanted per node
        self._engine = engine
        self._heartbeat = heartbeat
        self._password = password
        self._on_end = on_end
        self.copies = Copies()
        self.servers = Servers(cluster.pk, cluster.memory, hands, engine, on_end)
        self._primary: dict[int, Server] = {}
        self._replica: dict[int, Server] = {}
        self._lock = threading.Lock()
        self.silent: set[int] = set()  # nodes that missed their last ping; others are asked first
        self.pulsing: frozenset[int] = frozenset()  # nodes whose servers pulse; asked after the others

    # --- members

    def primary(self, number: int) -> Server | None:
        """The primary of a node."""
        return self._primary.get(number)

    def replica(self, number: int) -> Server | None:
        """The replica of a node."""
        return self._replica.get(number)

    def server(self, key: ServerKey) -> Server | None:
        """The server with this heartbeat key."""
        return (self._primary if key[2] == "primary" else self._replica).get(key[1])

    def is_current(self, server: Server) -> bool:
        """Whether it is still its node's primary or replica."""
        return server in (self._primary.get(server.number), self._replica.get(server.number))

    def is_replica(self, server: Server) -> bool:
        """Whether it is its node's replica."""
        return self._replica.get(server.number) is server

    def running(self) -> list[Server]:
        """The running primaries by number."""
        return [server for _number, server in sorted(self._primary.items()) if server.is_running]

    def addresses(self) -> list[Address]:
        """The addresses of the running primaries."""
        return [server.address for server in self.running()]

    def everybody(self) -> list[Server]:
        """Primaries and replicas, including ended ones."""
        return [*self._primary.values(), *self._replica.values()]

    def current(self) -> dict[int, tuple[Server | None, Server | None]]:
        """The running primary and replica of every node, for another thread that only queries them."""
        with self._lock:
            numbers = self._primary.keys() | self._replica.keys()
            return {number: (_run(self._primary.get(number)), _run(self._replica.get(number))) for number in numbers}

    # --- starting and ending

    def begin(self, state: State) -> None:
        """Starts every server that has a directory and whose node should run, and connects them with each other.

        First ends processes of an earlier supervisor that run from these directories. Raises NotStarted.
        """
        self.servers.end_strays()
        wanted = {node["number"] for node in members_of(state)}
        # A joining node keeps the keys that have moved to it. Other work starts over.
        joining = (
            {node["number"] for node in state["nodes"] if node["state"] == Node.State.JOINING} if wanted else set()
        )
        kept = list(self.servers.directories())
        found = [one for one in kept if one[0] in wanted or (one[0] in joining and owns_slots(one[1]))]
        chosen = {(number, is_replica(path)): path for number, path in sorted(found, key=_by_worth)}
        if not self.everybody():  # otherwise some are already running at their ports
            settle_ports(list(chosen.values()))
        begun = []
        for (number, replica), path in chosen.items():
            if self.server((self._cluster_id, number, "replica" if replica else "primary")) is None:
                server = self.servers.begin(number, path)
                self._put(server, replica=replica)
                if replica:
                    self.copies.begun(server)
                begun.append(server)
        answering = self._await(begun)
        for server in answering:
            self.watch(server)
        self._meet_again(answering)
        self._sweep(kept, wanted)

    def _sweep(self, kept: list[tuple[int, Path]], wanted: set[int]) -> None:
        """Deletes directories that are not needed: older ones of a node, and all of a node without a server."""
        used = {server.directory for server in self.everybody()}
        for number, path in kept:
            primary = self._primary.get(number)
            if path not in used and (number not in wanted or (primary is not None and primary.is_running)):
                shutil.rmtree(path, ignore_errors=True)

    def _await(self, begun: list[Server]) -> list[Server]:
        """Starts them together and returns those that answer."""
        if not begun:
            return []
        with ThreadPoolExecutor(STARTED_AT_ONCE) as pool:
            return [server for server in pool.map(self._answered, begun) if server is not None]

    def _answered(self, server: Server) -> Server | None:
        try:
            return self._answering(server)
        except NotStarted as error:
            logger.error("The server of node %d did not start: %s", server.number, error)
            return None

    def _answering(self, server: Server) -> Server:
        """Waits until the server answers. If its port was taken meanwhile, restarts it at another.

        Raises NotStarted.
        """
        for _ in range(PORTS_TRIED):
            try:
                self.servers.await_answer(server)
                return server
            except PortTaken as error:
                logger.warning("The server of node %d starts at another port: %s", server.number, error)
                server = self._from_directory(server, expected=server.expected)
        self.servers.await_answer(server)
        return server

    def _from_directory(self, server: Server, *, expected: bool) -> Server:
        """Restarts an ended server from its directory. It does not answer yet."""
        role_of_replica = self.is_replica(server)
        fresh = self.servers.begin(server.number, server.directory)
        fresh.expected = expected
        self._put(fresh, replica=role_of_replica)
        if role_of_replica:
            self.copies.begun(fresh, before=server)
        return fresh

    def _meet_again(self, begun: list[Server]) -> None:
        """Tells each server where the first one is, because ports may have changed."""
        alive = [server for server in begun if server.is_running]
        if len(alive) > 1:
            self._engine.meet([server.address for server in alive], AGREE_WITHIN_S)

    def start(self, number: int) -> Server:
        """Starts a new, empty server of a node, not yet connected to the others. Raises NotStarted."""
        server = self.servers.begin_new(number)
        self._put(server, replica=False)
        return self._answering(server)

    def start_replica(self, number: int) -> None:
        """Starts a new server that follows a node's primary. Raises NotStarted."""
        primary = self._primary[number]
        server = self.servers.begin_new(number)
        self._put(server, replica=True)
        server = self._answering(server)
        self._engine.join(server.address, primary.address, AGREE_WITHIN_S)
        self._engine.replicate(server.address, primary.id)
        self.watch(server)

    def start_missing_replica(self, state: State) -> bool:
        """Starts one missing replica. False if none is missing."""
        if not self.replicas:
            return False
        for node in members_of(state):
            number = node["number"]
            replica, primary = self._replica.get(number), self._primary.get(number)
            if primary is not None and primary.is_running and (replica is None or not replica.is_running):
                if replica is not None:
                    self.drop(replica)
                self.start_replica(number)
                return True
        return False

    def again(self, server: Server) -> Server:
        """Shuts a server down and restarts it from its directory.

        If it raises NotStarted, the server is still the primary, its end is expected, and it may be started again.
        """
        self.excuse(server, AGREE_WITHIN_S)
        self.servers.stop(server)
        try:
            fresh = self.come_back(server)
        except EngineError:  # it runs, but the others have not found it yet
            self.has_come_back(self._primary[server.number])
            raise
        self.has_come_back(fresh)
        return fresh

    def come_back(self, server: Server) -> Server:
        """Restarts an ended server from its directory in its old role. Its end does not count as a death until it
        `has_come_back`.

        If it raises NotStarted, the ended server still belongs to the node and may be started again.
        """
        fresh = self._answering(self._from_directory(server, expected=True))
        if fresh.address != server.address:
            self._engine.leave(server.address)
            others = [one.address for one in self.running() if one is not fresh]
            self._engine.meet([fresh.address, *others], AGREE_WITHIN_S)
        return fresh

    def has_come_back(self, server: Server) -> None:
        """Watches the server from now on. Its end is a death again."""
        server.expected = False
        if not server.is_running:  # it has just ended
            self._on_end(server)
        self.watch(server)

    def stays_away(self, server: Server) -> None:
        """A server whose end was expected does not come back, so it counts as dead."""
        server.expected = False
        self._on_end(server)

    def kill(self, server: Server) -> None:
        """Fences a server: kills it and waits until the process is gone. Later findings of the heartbeat concern its
        successor.
        """
        self._unwatch(server, "replica" if self.is_replica(server) else "primary")
        self.servers.kill(server)

    def promote(self, number: int) -> None:
        """Makes the replica, which has all keys, the primary, and drops the old one."""
        old, new = self._primary.get(number), self._replica.pop(number)
        self._unwatch(new, "replica")
        self.copies.drop(new)
        if old is not None:
            self.drop(old)
        self._put(new, replica=False)
        self.watch(new)

    def drop(self, server: Server) -> None:
        """Forgets an ended server and its directory."""
        role = "replica" if self.is_replica(server) else "primary"
        self._unwatch(server, role)
        with self._lock:
            (self._replica if role == "replica" else self._primary).pop(server.number, None)
        self.discard(server)

    def discard(self, server: Server) -> None:
        """Deletes an ended server's directory, before its slots are given away or with its identity."""
        self.copies.drop(server)
        self.servers.discard(server)

    def retire(self, number: int) -> None:
        """Ends the servers of a node that owns nothing any more, and makes the others forget them."""
        for server in (self._replica.get(number), self._primary.get(number)):
            if server is None:
                continue
            self._unwatch(server, "replica" if self.is_replica(server) else "primary")
            self.servers.stop(server)
            self.drop(server)
            self._engine.forget([server.id], self.addresses())

    def watch(self, server: Server) -> None:
        """Starts the heartbeat for this server."""
        role = "replica" if self.is_replica(server) else "primary"
        self._heartbeat.watch((self._cluster_id, server.number, role), server.address, self._password)

    def excuse(self, server: Server, seconds: float) -> None:
        """Excuses the server's silence for a while."""
        role = "replica" if self.is_replica(server) else "primary"
        self._heartbeat.excuse((self._cluster_id, server.number, role), seconds)

    def _unwatch(self, server: Server, role: str) -> None:
        self.silent.discard(server.number)
        self._heartbeat.unwatch((self._cluster_id, server.number, role))

    def _put(self, server: Server, *, replica: bool) -> None:
        with self._lock:
            (self._replica if replica else self._primary)[server.number] = server

    # --- ownership

    def owners(self) -> NDArray[np.int32]:
        """The number of the node that owns each bucket in the engine: 0 for nobody, UNKNOWN for an identity not ours.

        The view of one server that answers. Raises what the engine raises if none does.
        """
        owner, ids = self._seen()
        numbers = {server.id: number for number, server in self._primary.items()}
        # Index -1, the last, means nobody.
        table = np.array([*(numbers.get(id_, UNKNOWN) for id_ in ids), 0], np.int32)
        found: NDArray[np.int32] = table[owner]
        return found

    def claimed(self) -> NDArray[np.bool_]:
        """The buckets that the running primaries themselves claim. Raises Unreachable if one is silent."""
        views = self._engine.each_owns(self.addresses())
        return in_ranges([one for ranges in views.values() for one in ranges])

    def _seen(self) -> tuple[NDArray[np.int32], list[str]]:
        """The map of the first server that answers soon, so that a server that just froze does not block the keeper."""
        for server in [one for one in self.running() if one.number not in self._slow][:_ASKED_FIRST]:
            with suppress(Unreachable):
                return self._engine.slot_map(server.address, _SOON_S)
        return self._engine.slot_map(self._asked())

    def unknown_ids(self) -> list[str]:
        """Identities that the engine still knows but that are not ours: the dead."""
        ours = {server.id for server in self.everybody()}
        return [member.id for member in self._engine.members(self._asked()) if member.id not in ours]

    def _asked(self) -> Address:
        running = self.running()
        if not running:
            raise NotStarted("no server of this cluster runs")
        return next((server.address for server in running if server.number not in self._slow), running[0].address)

    @property
    def _slow(self) -> set[int]:
        """Servers to ask only if no other can answer."""
        return self.silent | self.pulsing


def _by_worth(found: tuple[int, Path]) -> tuple[bool, int]:
    """A sort key: of several directories of a node, left by interrupted starts, the last owns buckets and is the
    newest.
    """
    return owns_slots(found[1]), int(found[1].name.split(".")[1])


def _run(server: Server | None) -> Server | None:
    return server if server is not None and server.is_running else None
