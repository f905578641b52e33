"""A real installation with a managed cluster: database, Valkey, `manage.py supervise` and its servers, in a folder.

The test process calls services itself, on the same database; the supervisor is a process like in a deployment. How
installations come and go: tests/installations.py.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from coverage import Coverage
from redis import Redis, RedisError

from live.actor import Actor
from live.models import Event, Stream
from ringviz.core.state import State, Workload
from ringviz.errors import NotFound
from ringviz.models import Cluster
from ringviz.selectors.clusters import Known, known
from ringviz.selectors.measured import measure
from ringviz.services.actions import decision_of
from ringviz.services.changing import change
from ringviz.services.clusters import create_cluster, delete_cluster
from ringviz.services.keys import pattern_key_set
from ringviz.stores import passwords
from servers.address import Address
from servers.driver.engine import Engine
from servers.driver.holding import Measured
from servers.errors import EngineError
from tests import started
from tests.processes import until

OPERATOR = Actor("olga", "page", True)
T = TypeVar("T")
SLUG = "real"
WITHIN_S = 90.0
GRACE_S = 10.0
CLEARED_WITHIN_S = 10.0


@dataclass
class Installation:
    """A folder with everything. `supervisor` is None while none runs."""

    folder: Path
    valkey: started.Valkey
    database_url: str
    covered: bool = True
    supervisor: Any = field(default=None, init=False)
    _logged: int = field(default=0, init=False)

    # --- the supervisor

    def environment(self) -> dict[str, str]:
        ours = {"DATA_DIR": str(self.folder), "REDIS_URL": self.valkey.url, "DATABASE_URL": self.database_url}
        return {**os.environ, **ours, "DJANGO_SETTINGS_MODULE": "dashboard.settings"}

    def supervise(self) -> None:
        """Starts the supervisor. Its words are in supervisor.log of the folder."""
        from fleet import process

        with (self.folder / "supervisor.log").open("ab") as log:
            argv = [
                sys.executable,
                *(measuring() if self.covered else ()),
                str(started.ROOT / "manage.py"),
                "supervise",
            ]
            env = self.environment()
            self.supervisor = process.start("supervise", argv, env=env, cwd=started.ROOT, stdout=log, stderr=log)

    def kill_supervisor(self) -> None:
        """Kills only the supervisor, with SIGKILL: the leash must end its children."""
        os.kill(self.supervisor.pid, signal.SIGKILL)
        self.supervisor.wait()
        self.supervisor = None

    def end_supervisor(self) -> int:
        status: int = self.supervisor.end(GRACE_S)
        self.supervisor = None
        return status

    def log(self) -> str:
        """What its supervisors have logged since its cluster was created."""
        return (self.folder / "supervisor.log").read_bytes()[self._logged :].decode(errors="replace")

    # --- the cluster

    def form(
        self,
        *,
        nodes: int = 4,
        keys: int = 4_000,
        replicas: int = 0,
        vnodes: int = 16,
        strategy: str = "ring",
        memory: int = 32 * 2**20,
        workload: Workload | None = None,
    ) -> None:
        """Creates its cluster. Returns when it is formed and filled."""
        self._logged = (self.folder / "supervisor.log").stat().st_size
        create_cluster(
            actor=OPERATOR,
            slug=SLUG,
            name="Real",
            kind=Cluster.Kind.MANAGED,
            key_set=pattern_key_set(pattern="user:{n}", count=keys),
            nodes=[{"name": f"cache-{n}"} for n in range(1, nodes + 1)],
            vnodes=vnodes,
            strategy=strategy,
            replicas=replicas,
            memory=memory,
            workload=workload,
        )
        self.rest()

    def clear(self) -> bool:
        """Deletes its cluster. Whether the supervisor, which has to be well for that, ended everything of it."""
        if self.supervisor is None or self.supervisor.status is not None:
            return False
        with suppress(NotFound):
            root = passwords.folder(self.known().cluster.pk)
            delete_cluster(slug=SLUG, actor=OPERATOR)
            with suppress(AssertionError):
                until(lambda: not self.server_pids() and not root.exists(), deadline_s=CLEARED_WITHIN_S)
        return not self.server_pids()

    def known(self) -> Known:
        return known(SLUG)

    def state(self) -> State:
        return self.known().state

    def node(self, number: int) -> dict[str, Any]:
        return next(dict(node) for node in self.state()["nodes"] if node["number"] == number)

    def act(self, action: str, *, version: int | None = None, key: str = "", **fields: Any) -> Event:
        """Requests an action, as an operator does on the page."""
        decision = decision_of(action, {name: str(value) for name, value in fields.items()})
        return change(slug=SLUG, actor=OPERATOR, version=version, decision=decision, key=key)

    def at_rest(self) -> bool:
        state = self.state()
        return not state["work"] and not state["unfilled"]

    def rest(self) -> State:
        """Waits until nothing is requested, moving or refilling, and returns the state."""
        self._until_told(self.at_rest, what="rest")
        return self.state()

    def _until_told(self, condition: Callable[[], T], what: str) -> T:
        """Until something is so in the log; asked again only when that is longer, which is cheap to know."""
        seen = 0

        def asked() -> T | None:
            nonlocal seen
            version = Stream.objects.values_list("version", flat=True).get(cluster__slug=SLUG)
            if version == seen:
                return None
            seen = version
            return condition()

        value = until(asked, deadline_s=WITHIN_S, what=what)
        assert value is not None
        return value

    def measured(self) -> dict[int, Measured | None]:
        """What every server on the ring reports now."""
        on = self.known()
        return measure(on.cluster, on.state)

    def stored(self) -> dict[int, int | None]:
        """The keys of every server, None for one that does not answer."""
        return {number: found.keys if found else None for number, found in self.measured().items()}

    def predicted(self) -> dict[int, int]:
        """The keys that every server should have."""
        return {n["number"]: n["keys"] - n["lost"] for n in self.state()["nodes"] if n["number"] in self.measured()}

    def equal(self) -> dict[int, int]:
        """Waits until the cluster is idle and stores exactly what is predicted, and returns that."""
        self.rest()
        until(lambda: self.stored() == self.predicted(), what=f"{self.predicted()} stored, not {self.stored()}")
        return self.predicted()

    def events(self, since: int = 1) -> list[Event]:
        stream_id = self.known().cluster.stream_id
        return list(Event.objects.filter(stream_id=stream_id, version__gte=since).order_by("version"))

    def event(self, kind: str, since: int = 1) -> Event:
        """Waits for the first event of a kind."""

        def found() -> Event | None:
            return next((event for event in self.events(since) if event.kind == kind), None)

        event = self._until_told(found, what=f"the event {kind}")
        assert event is not None
        return event

    # --- the servers

    def password(self) -> str:
        return passwords.kept(self.known().cluster.pk)

    def engine(self) -> Engine:
        return Engine(self.password())

    def addresses(self) -> list[tuple[str, int]]:
        """Where the servers of the nodes on the ring answer."""
        nodes = [node for node in self.state()["nodes"] if node["address"]]
        return [(host, int(port)) for host, _colon, port in (node["address"].partition(":") for node in nodes)]

    def slow_moves(self, microseconds: int = 5_000) -> None:
        """Has every server on the ring take so long for each key that it sends, so that a move can be met half way."""
        for host, port in self.addresses():
            with suppress(RedisError), Redis(host, port, password=self.password(), socket_timeout=5) as client:
                client.config_set("rdb-key-save-delay", microseconds)

    def moving(self, engine: Engine) -> list[tuple[int, int]]:
        """Source and target of each migration that runs at this moment, as the source says; 0 for one who joins."""
        nodes = {node["number"]: Address.parse(node["address"]) for node in self.state()["nodes"] if node["address"]}
        ids, found = {}, []
        for number, address in nodes.items():
            with suppress(EngineError):
                ids[engine.identity(address)] = number
        for number in ids.values():
            with suppress(EngineError):
                running = [one for one in engine.moves(nodes[number]) if one.exporting and one.state == "running"]
                found += [(number, ids.get(one.target, 0)) for one in running]
        return found

    def pid_of(self, number: int) -> int:
        """The process of a node, as the system knows it."""
        import json

        root = passwords.folder(self.known().cluster.pk)
        newest = max(root.glob(f"{number}.*"), key=lambda path: int(path.name.split(".")[1]))
        return int(json.loads((newest / "process.json").read_text())["identity"]["pid"])

    def server_pids(self) -> set[int]:
        """Every living process that works in a directory of this installation's servers."""
        root, found = str(self.folder / "clusters"), set()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if os.readlink(entry / "cwd").startswith(root):
                        found.add(int(entry.name))
                except OSError:
                    continue
        return found


def measuring() -> list[str]:
    """What has a child measured too where these tests are: most of the supervisor runs nowhere else."""
    if Coverage.current() is None:
        return []
    return ["-m", "coverage", "run", "--parallel-mode", f"--rcfile={started.ROOT / 'pyproject.toml'}"]


def wait(seconds: float) -> None:
    """For what must NOT happen: there is no event to wait for."""
    time.sleep(seconds)


__all__ = ["OPERATOR", "SLUG", "Installation", "wait"]
