"""A run: three writing processes, a cluster that is shaken meanwhile, and the verdict."""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from redis import Redis

from fleet import process
from fleet.process import Child
from tests.consistency.checker import Fault, check
from tests.consistency.client import Address, ClusterClient
from tests.consistency.history import Record, read_history
from tests.consistency.writers import WRITERS, Writer, all_keys, counters
from tests.started import ROOT, await_ready, folder

GRACE_S = 10.0


@dataclass(frozen=True)
class Report:
    """What happened. `outcomes` counts operations by (op, outcome); `size` is how many of the run's keys are stored."""

    history: list[Record]
    outcomes: Counter[tuple[str, str]]
    counters: dict[str, int]
    size: int
    faults: list[Fault]

    @property
    def operations(self) -> int:
        """How many operations were tried."""
        return len(self.history)

    def summary(self) -> str:
        """For a person: the counts and the first faults."""
        counts = ", ".join(f"{op} {outcome}: {count}" for (op, outcome), count in sorted(self.outcomes.items()))
        first = "".join(f"\n  {fault.kind} {fault.key}: {fault.text}" for fault in self.faults[:20])
        return f"{self.operations} operations ({counts}), {len(self.faults)} faults{first}"


def run(
    addresses: Sequence[Address],
    password: str,
    seconds: float,
    seed: int,
    churn: Callable[[], None],
    addresses_after: Callable[[], Sequence[Address]] | None = None,
) -> Report:
    """Writes to a cluster for at least so many seconds and all the time of `churn()`; then reads everything back.

    From the main thread (children). `churn` runs in it, and returns with the cluster at rest. `addresses` are every
    primary that has slots; `addresses_after` the same at the end, if they are others. Keys of other names than the
    run's may be stored: as many at the end as at the beginning. Raises ConsistencyRunFailed when a writer died,
    or the last reads fail.
    """
    others = _cleared(addresses, password)
    with folder() as where:
        config = {"addresses": [list(one) for one in addresses], "password": password, "seed": seed}
        path = where / "config.json"
        path.write_text(json.dumps({**config, "folder": str(where)}))
        logs = [where / f"{number}.log" for number in range(WRITERS)]
        children = [_writer(path, number) for number in range(WRITERS)]
        try:
            for child, log in zip(children, logs, strict=True):
                await_ready(child, partial(_has_words, log))
            until = time.monotonic() + seconds
            churn()
            for child in children:
                if child.wait(max(until - time.monotonic(), 0)) is not None:
                    raise ConsistencyRunFailed(f"{child.name} ended with status {child.status}")
        finally:
            ended = [child.end(GRACE_S) for child in children]
        if any(ended):
            raise ConsistencyRunFailed(f"writers ended with status {ended}")
        history = read_history(logs)
    after = addresses if addresses_after is None else addresses_after()
    return _judged(history, after, password, others)


class ConsistencyRunFailed(AssertionError):
    """The run itself failed, so it says nothing about the cluster."""


def _has_words(log: Path) -> bool:
    return log.exists() and log.stat().st_size > 0


def _writer(config: Path, number: int) -> Child:
    argv = [sys.executable, "-m", "tests.consistency.writers", str(config), str(number)]
    return process.start(f"writer {number}", argv, cwd=ROOT)


def _cleared(addresses: Sequence[Address], password: str) -> int:
    """Deletes what an earlier run left, and counts the keys that do not belong to a run."""
    client = ClusterClient(addresses, password)
    for key in [*all_keys(), *counters()]:
        client.call(key, "DEL", key)
    client.close()
    return sum(_count(address, password) for address in addresses)


def _judged(history: list[Record], addresses: Sequence[Address], password: str, others: int) -> Report:
    last: list[str] = []
    reader = Writer(WRITERS, client := ClusterClient(addresses, password), random.Random(0), last.append)
    for key in all_keys():
        reader.read(key)
    counted = {key: int(client.call(key, "GET", key) or 0) for key in counters()}  # type: ignore[call-overload]
    client.close()
    reads = [Record(**json.loads(line)) for line in last]
    if unread := [one.key for one in reads if one.outcome != "ok"]:
        raise ConsistencyRunFailed(f"not to be read at the end: {unread}")
    history = [*history, *reads]
    size = sum(_count(address, password) for address in addresses) - others
    outcomes: Counter[tuple[str, str]] = Counter((one.op, one.outcome) for one in history)
    return Report(history, outcomes, counted, size, check(history, counted, size))


def _count(address: Address, password: str) -> int:
    with Redis(*address, password=password, socket_timeout=5) as client:
        return int(client.dbsize())
