"""Faults of a managed cluster with replicas, one per round, while a separate process records every confirmed write."""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import numpy as np
from redis import Redis

from fleet import process
from ringviz.core.buckets import BUCKETS, stored_name
from ringviz.core.origin import origin_value
from ringviz.selectors.placing import bucket_owners
from ringviz.stores import passwords
from ringviz.stores.keysets import keys_in_buckets
from servers.slots import in_ranges
from tests.consistency.confirmed import Verdict, judge
from tests.consistency.history import OK, read_history
from tests.faults import database_held, disk_filled, end_together
from tests.processes import until
from tests.ringviz.supervisor.replicas import in_sync, unsynced
from tests.started import ROOT, await_ready
from tests.supervised import WITHIN_S, Installation, wait

LEAST_CONFIRMED = 100  # before a fault
AFTERWARDS_S = 1.0  # the client writes on, once all is at rest
VALUES_A_ROUND = 1_000_000_000
GRACE_S = 10.0


class Faulting:
    """`disk` is the small file system that all of it is on, None where there is none; `scratch` is elsewhere."""

    def __init__(
        self, real: Installation, rng: random.Random, *, disk: Path | None, scratch: Path, held_s: float
    ) -> None:
        self.real = real
        self.rounds: Counter[str] = Counter()
        self.confirmed = self.lost = 0
        self._rng = rng
        self._disk = disk
        self._scratch = scratch
        self._held_s = held_s
        self._struck_ns = 0
        on = real.known()
        chunks = keys_in_buckets(on.cluster.key_set, on.state["cluster"]["seed"], 0, BUCKETS - 1, 1_000)
        keys = [(bucket, key) for chunk in chunks for bucket, key in chunk]
        self._buckets = {stored_name(key, bucket).decode(): bucket for bucket, key in keys}
        self._origin = {stored_name(key, bucket).decode(): origin_value(key) for bucket, key in keys}

    def faults(self) -> dict[str, Callable[[], None]]:
        """What can happen; each returns when it has, and says by `_loses` that it may lose keys."""
        found: dict[str, Callable[[], None]] = {
            "replica frozen for a while, primary killed": partial(self._frozen, thaws=True),
            "replica frozen for good, primary killed": partial(self._frozen, thaws=False),
            "primary killed while its replica copies": self._unsynced,
            "primary killed by an operator while its replica copies": self._asked_for,
            "primary and replica killed": self._both,
            "primary and supervisor killed": self._supervisor,
            "database held, primary killed": self._held,
            "all servers killed": self._together,
            "two nodes killed": self._two_nodes,
        }
        return found if self._disk is None else {**found, "disk full, primary killed": self._full}

    def round(self, name: str) -> Verdict:
        """Causes one fault, and looks for the confirmed writes when all is idle. Raises AssertionError."""
        self._whole()
        before, since = self._values(), self.real.known().v + 1
        self._loses = False
        log = self._scratch / f"{sum(self.rounds.values())}.log"
        with self._writing(log):
            until(lambda: _confirmed(log) >= LEAST_CONFIRMED, deadline_s=WITHIN_S, what="confirmed writes")
            self._struck_ns = time.monotonic_ns()
            self.faults()[name]()
            self._whole()
            wait(AFTERWARDS_S)
        verdict = judge(read_history([log]), before, self._values(), self._told(since), self._struck_ns)
        assert verdict.wrong == [], f"{name}: {verdict.wrong[:10]}"
        if not self._loses:
            kinds = [event.kind for event in self.real.events(since)]
            assert (verdict.lost, {"node_killed", "keys_lost"} & set(kinds)) == (0, set()), f"{name}: {kinds}"
        self._revived()
        self.rounds[name] += 1
        self.confirmed += verdict.confirmed
        self.lost += verdict.lost
        return verdict

    # --- the faults

    def _node(self) -> int:
        return self._rng.choice(self._on_ring())

    def _strike(self) -> None:
        self._struck_ns = time.monotonic_ns()

    def _ends(self, since: int) -> None:
        """Waits until the log reports a death, so that the idle state that follows is the one after it."""
        kinds = {"node_killed", "node_failed_over", "node_restarted"}
        told = partial(self.real.events, since)
        until(lambda: kinds & {one.kind for one in told()}, deadline_s=WITHIN_S, what="a death that is told")

    def _frozen(self, *, thaws: bool) -> None:
        since = self.real.known().v + 1
        primary, replica = in_sync(self.real, self._node())
        replica.freeze()
        wait(0.05)
        primary.kill()
        if thaws:
            wait(0.8)
            with suppress(ProcessLookupError):  # it was killed, and took over from its directory
                replica.thaw()
        self._ends(since)

    def _unsynced(self) -> None:
        primary = unsynced(self.real, self._node())
        since = self.real.known().v + 1
        self._strike()
        primary.kill()
        self._ends(since)

    def _asked_for(self) -> None:
        self._loses = True
        number = self._node()
        unsynced(self.real, number)
        self._strike()
        self._ends(self.real.act("kill", node=number).version)

    def _both(self) -> None:
        since = self.real.known().v + 1
        for server in in_sync(self.real, self._node()):
            server.kill()
        self._ends(since)

    def _two_nodes(self) -> None:
        since = self.real.known().v + 1
        for number in self._rng.sample(self._on_ring(), 2):
            in_sync(self.real, number)[0].kill()
        self._ends(since)

    def _supervisor(self) -> None:
        in_sync(self.real, self._node())[0].kill()
        wait(self._rng.random())
        self.real.kill_supervisor()
        self.real.supervise()

    def _held(self) -> None:
        since = self.real.known().v + 1
        primary, _replica = in_sync(self.real, self._node())
        with database_held(self.real.database_url):
            primary.kill()
            wait(self._held_s)
        self._ends(since)

    def _together(self) -> None:
        since = self.real.known().v + 1
        end_together(self.real.server_pids())
        self._ends(since)

    def _full(self) -> None:
        assert self._disk is not None
        since = self.real.known().v + 1
        primary, _replica = in_sync(self.real, self._node())
        with disk_filled(self._disk):
            primary.kill()
            wait(6.0)
        self._ends(since)

    # --- what must be so

    def _on_ring(self) -> list[int]:
        """The nodes on the ring, including those that are suspected for a moment because the machine is busy."""
        return [node["number"] for node in self.real.state()["nodes"] if node["state"] not in ("down", "draining")]

    def _whole(self) -> None:
        """At rest, as counted; each node on the ring with a replica in sync, and nothing else left over."""
        assert sum(self.real.equal().values()) == len(self._buckets)
        numbers = self._on_ring()
        for number in numbers:
            in_sync(self.real, number)
        root = passwords.folder(self.real.known().cluster.pk)
        most = 2 * len(numbers)
        until(lambda: len(self.real.server_pids()) == most, deadline_s=WITHIN_S, what=f"{most} servers")
        until(lambda: sum(path.is_dir() for path in root.iterdir()) == most, what=f"{most} directories")

    def _revived(self) -> None:
        for node in self.real.state()["nodes"]:
            if node["state"] == "down":
                self.real.act("revive", node=node["number"])
        self.real.rest()

    def _told(self, since: int) -> set[str]:
        """The names of all keys reported as lost. Checks that the log reports the same number."""
        told: set[str] = set()
        known = np.zeros(BUCKETS, np.bool_)
        for event in self.real.events(since):
            if (ranges := event.payload.get("unfilled")) is None:
                continue
            unfilled = in_ranges(ranges)
            names = {name for name, bucket in self._buckets.items() if (unfilled & ~known)[bucket]}
            known = unfilled
            if event.kind == "node_killed":
                assert event.payload["loss"]["keys"] == len(names), event.payload["loss"]
            told |= names
        return told

    def _values(self) -> dict[str, int | None]:
        """The value of every key: the number that a client wrote, or None for the origin's value."""
        owners = bucket_owners(self.real.state())
        found: dict[str, int | None] = {}
        for number in self._on_ring():
            names = [name for name, bucket in self._buckets.items() if owners[bucket] == number]
            host, _colon, port = self.real.node(number)["address"].partition(":")
            with Redis(host, int(port), password=self.real.password(), socket_timeout=10) as client:
                values = _each(client, names)
            for name, value in zip(names, values, strict=True):
                found[name] = None if value == self._origin[name] else int(value)
        return found

    @contextmanager
    def _writing(self, log: Path) -> Iterator[None]:
        """The client, a separate process."""
        config = {
            "addresses": self.real.addresses(),
            "password": self.real.password(),
            "seed": self._rng.randrange(10**6),
            "names": list(self._buckets),
            "first": (sum(self.rounds.values()) + 1) * VALUES_A_ROUND,
            "log": str(log),
        }
        path = log.with_suffix(".json")
        path.write_text(json.dumps(config))
        child = process.start("confirming", [sys.executable, "-m", "tests.consistency.confirming", str(path)], cwd=ROOT)
        try:
            await_ready(child, log.exists)
            yield
        finally:
            status = child.end(GRACE_S)
        assert status == 0, "the client died"


def _each(client: Redis, names: list[str]) -> list[bytes]:
    pipe = client.pipeline(transaction=False)
    for name in names:
        pipe.get(name)
    return list(pipe.execute())


def _confirmed(log: Path) -> int:
    return log.read_text().count(f'"{OK}"')
