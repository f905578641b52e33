"""Shakes a managed cluster through its supervisor, and checks what must hold whenever it is idle again."""

import itertools
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

from redis import Redis

from live.models import Event
from ringviz.core.buckets import BUCKETS, stored_name
from ringviz.core.origin import origin_value
from ringviz.core.strategy import STRATEGIES
from ringviz.errors import Refused
from ringviz.selectors.placing import bucket_owners
from ringviz.services.undo import undo
from ringviz.stores.keysets import keys_in_buckets
from tests.consistency.client import ClusterClient
from tests.consistency.run import Report, run
from tests.consistency.writers import all_keys, counters
from tests.processes import until
from tests.supervised import OPERATOR, SLUG, WITHIN_S, Installation, wait

FROZEN_S = 0.35  # longer than a writer waits
VERDICT_S = 1.0  # no verdict comes earlier
LEAST, MOST = 3, 7  # nodes on the ring


class ShakeFailed(AssertionError):
    """A request was not carried out, or a node was declared dead that was not frozen for long."""


class TooLate(Exception):
    """This machine was so busy that a freeze lasted until the verdict: what the run found says nothing."""


class Shaking:
    """Requests changes that keep every key. Each method returns when the change is done."""

    def __init__(self, real: Installation, rng: random.Random) -> None:
        self.real = real
        self._rng = rng
        self._names = itertools.count(100)
        self.done: list[str] = []

    def ask(self, action: str, **fields: Any) -> None:
        asked = self.real.act(action, **fields)
        self.done.append(f"{action} {' '.join(f'{name}={value}' for name, value in fields.items())}".strip())
        self.real.rest()
        self._check(asked)

    def add(self) -> None:
        self.ask("add", name=f"cache-{next(self._names)}", weight=1)

    def pause(self, number: int) -> None:
        """Freezes a node and thaws it before the verdict."""
        frozen = self.real.act("freeze", node=number)
        self.real.event("node_frozen", frozen.version)
        began = time.monotonic()
        wait(FROZEN_S)
        try:
            thawed = self.real.act("thaw", node=number)
        except Refused as refused:
            raise TooLate(str(refused)) from refused
        until(lambda: self._ended(thawed), deadline_s=WITHIN_S, what="the thaw")
        took_s = time.monotonic() - began
        self.done.append(f"pause {number} ({took_s:.2f} s)")
        if took_s > VERDICT_S and self.real.node(number)["state"] == "down":
            raise TooLate(self.done[-1])
        self._check(frozen)

    def randomly(self, seconds: float) -> None:
        """Makes whatever changes are possible, for this long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._rng.choice(list(self._possible()))()

    def _possible(self) -> Iterator[Callable[[], None]]:
        nodes = self.real.state()["nodes"]
        active = [node["number"] for node in nodes if node["state"] == "active"]
        drained = [node["number"] for node in nodes if node["state"] == "draining"]
        number = self._rng.choice(active)
        strategy = self._rng.choice([one for one in STRATEGIES if one != self.real.state()["cluster"]["strategy"]])
        yield lambda: self.pause(number)
        yield lambda: self.ask("restart", node=number)
        yield lambda: self.ask("reweight", node=number, weight=self._rng.choice([1, 2, 3]) + self._rng.random())
        yield lambda: self.ask("configure", strategy=strategy)
        if len(active) < MOST:
            yield self.add
            if drained:
                yield lambda: self.ask("revive", node=drained[0])
        if len(active) > LEAST:
            yield lambda: self.ask("drain", node=number)
            yield lambda: self.ask("remove", node=number)

    def _ended(self, asked: Event) -> bool:
        return any(event.payload.get("work") == asked.version for event in self.real.events(asked.version + 1))

    def _check(self, asked: Event) -> None:
        """Checks that no request failed and no node died."""
        for event in self.real.events(asked.version):
            if event.kind in ("work_ended", "node_killed"):
                raise ShakeFailed(f"{event.kind} {event.payload} after {self.done}")


class Breaking:
    """Causes losses of keys: a node dies in some way, or the supervisor. Each method returns when it has happened."""

    def __init__(self, real: Installation, rng: random.Random) -> None:
        self.real = real
        self._rng = rng
        self._names = itertools.count(500)
        self.done: list[str] = []

    def one(self) -> str:
        """Makes one possible change at random; returns its name."""
        name, action = self._rng.choice(list(self._possible()))
        self.done.append(name)
        action()
        return name

    def _possible(self) -> Iterator[tuple[str, Callable[[], object]]]:
        state = self.real.state()
        active = [node["number"] for node in state["nodes"] if node["state"] == "active"]
        gone = [node["number"] for node in state["nodes"] if node["state"] in ("down", "draining")]
        number = self._rng.choice(active)
        yield "the supervisor is killed", self._supervisor
        yield "undo", self._undo
        if len(active) < MOST:
            yield "add", lambda: self.real.act("add", name=f"cache-{next(self._names)}", weight=1)
            yield "add, and the supervisor is killed", self._cut_off
        if gone:
            yield f"remove {gone[0]}", lambda: self.real.act("remove", node=gone[0])
            if len(active) < MOST:
                yield f"revive {gone[0]}", lambda: self.real.act("revive", node=gone[0])
        if len(active) > LEAST:
            yield f"kill {number}", lambda: self.real.act("kill", node=number)
            yield f"SIGKILL {number}", lambda: self._dies(number)
            yield f"freeze {number}", lambda: self._convicted(number)
            yield f"drain {number}", lambda: self.real.act("drain", node=number)
            yield f"remove {number}", lambda: self.real.act("remove", node=number)

    def _supervisor(self) -> None:
        self.real.kill_supervisor()
        self.real.supervise()

    def _cut_off(self) -> None:
        self.real.act("add", name=f"cache-{next(self._names)}", weight=1)
        wait(self._rng.random())
        self._supervisor()

    def _undo(self) -> None:
        try:
            undo(slug=SLUG, actor=OPERATOR, version=self.real.known().v)
        except Refused as refused:
            self.done[-1] += f", refused: {refused}"

    def _dies(self, number: int) -> None:
        since = self.real.known().v + 1
        os.kill(self.real.pid_of(number), signal.SIGKILL)
        self.real.event("node_killed", since)

    def _convicted(self, number: int) -> None:
        asked = self.real.act("freeze", node=number)
        self.real.event("node_killed", asked.version)


def shaken(real: Installation, seconds: float, seed: int, churn: Callable[[], None]) -> Report:
    """A consistency run on a managed cluster; afterwards the run's own keys are deleted."""

    def rested() -> None:
        churn()
        real.rest()

    report = run(real.addresses(), real.password(), seconds, seed, rested, real.addresses)
    client = ClusterClient(real.addresses(), real.password())
    for key in [*all_keys(), *counters()]:
        client.call(key, "DEL", key)
    client.close()
    return report


def missing(real: Installation) -> list[bytes]:
    """The keys of the key set that the owner, by the ring, has not, or has with another value than the origin's."""
    on = real.known()
    seed = on.state["cluster"]["seed"]
    owners = bucket_owners(on.state)
    by_owner: dict[int, list[tuple[bytes, bytes]]] = {}
    for chunk in keys_in_buckets(on.cluster.key_set, seed, 0, BUCKETS - 1, 1_000):
        for bucket, key in chunk:
            by_owner.setdefault(int(owners[bucket]), []).append((stored_name(key, bucket), origin_value(key)))
    wrong = []
    for number, pairs in by_owner.items():
        host, _colon, port = real.node(number)["address"].partition(":")
        with Redis(host=host, port=int(port), password=real.password(), socket_timeout=10) as client:
            pipe = client.pipeline(transaction=False)
            for name, _value in pairs:
                pipe.get(name)
            answers = pipe.execute(raise_on_error=False)
        wrong += [name for (name, value), answer in zip(pairs, answers, strict=True) if answer != value]
    return wrong
