"""A writing process: `python -m tests.consistency.writers CONFIG NUMBER`. SIGTERM ends it after the operation at hand.

It alone sets and deletes its keys, with values that rise; it reads everybody's, and counts with everybody.
"""

import json
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.consistency.client import ClusterClient, MayBeDone, NotDone
from tests.consistency.history import DELETE, FAILED, INCR, OK, READ, SET, UNKNOWN, Op, Outcome, Record

WRITERS = 3
KEYS = 40  # of each writer
COUNTERS = 10
VALUES = 1_000_000_000  # a writer's values begin at its number times this
PAUSE_S = 0.002  # after a failure, so that a frozen server does not make a busy loop


def keys_of(writer: int) -> list[str]:
    """What only this writer writes."""
    return [f"key:{writer}:{number}" for number in range(KEYS)]


def all_keys() -> list[str]:
    return [key for writer in range(WRITERS) for key in keys_of(writer)]


def counters() -> list[str]:
    return [f"counter:{number}" for number in range(COUNTERS)]


class Writer:
    """Works until told to stop; every operation is logged once its outcome is known."""

    def __init__(self, number: int, client: ClusterClient, rng: random.Random, log: Callable[[str], object]) -> None:
        self.number = number
        self.stopping = False
        self._client = client
        self._rng = rng
        self._log = log
        self._value = number * VALUES

    def run(self) -> None:
        mine, everybodys, shared = keys_of(self.number), all_keys(), counters()
        while not self.stopping:
            kind = self._rng.random()
            if kind < 0.4:
                self.read(self._rng.choice(everybodys))
            elif kind < 0.7:
                self._value += 1
                self._do(SET, self._rng.choice(mine), self._value)
            elif kind < 0.8:
                self._do(DELETE, self._rng.choice(mine), None)
            else:
                self._do(INCR, self._rng.choice(shared), None)

    def read(self, key: str) -> int | None:
        """Reads and logs; the value, None also where it failed."""
        return self._do(READ, key, None)

    def _do(self, op: Op, key: str, value: int | None) -> int | None:
        words = {SET: ("SET", key, value), DELETE: ("DEL", key), READ: ("GET", key), INCR: ("INCR", key)}[op]
        outcome: Outcome = OK
        start = time.monotonic_ns()
        try:
            answer = self._client.call(key, *words)
        except NotDone:
            answer, outcome = None, FAILED
        except MayBeDone:
            answer, outcome = None, UNKNOWN
        end = time.monotonic_ns()
        if op in (READ, INCR):
            value = None if answer is None else int(answer)  # type: ignore[call-overload]
        self._log(Record(self.number, op, key, value, start, end, outcome).line())
        if outcome != OK:
            time.sleep(PAUSE_S)
        return value


def main(arguments: list[str]) -> None:
    """CONFIG is a file: {"addresses", "password", "seed", "folder"}."""
    config, number = json.loads(Path(arguments[0]).read_text()), int(arguments[1])
    client = ClusterClient([(host, port) for host, port in config["addresses"]], config["password"])
    with (Path(config["folder"]) / f"{number}.log").open("w") as log:
        writer = Writer(number, client, random.Random(f"{config['seed']} {number}"), log.write)
        signal.signal(signal.SIGTERM, lambda *_: setattr(writer, "stopping", True))
        writer.run()


if __name__ == "__main__":
    main(sys.argv[1:])
