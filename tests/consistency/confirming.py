"""A process that gives keys of the key set new values and waits for a replica to confirm each: SET, then WAIT 1.

`python -m tests.consistency.confirming CONFIG`; SIGTERM ends it after the write at hand. CONFIG is a file:
{"addresses", "password", "seed", "names", "first", "log"}; `names` are stored names, values rise from `first` on. OK in
its log says that a replica has the write; UNKNOWN, that no replica said so in time, or that no answer came.
"""

import json
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.consistency.client import ClusterClient, MayBeDone, NotDone
from tests.consistency.history import FAILED, OK, SET, UNKNOWN, Outcome, Record

CONFIRMED_WITHIN_MS = 200
PAUSE_S = 0.002


class Confirming:
    """Writes until it gets the signal to stop."""

    def __init__(self, config: dict[str, Any], log: Callable[[str], object]) -> None:
        self.stopping = False
        self._client = ClusterClient([(host, port) for host, port in config["addresses"]], config["password"])
        self._rng = random.Random(config["seed"])
        self._names: list[str] = config["names"]
        self._value: int = config["first"]
        self._log = log

    def run(self) -> None:
        while not self.stopping:
            self._value += 1
            self._write(self._rng.choice(self._names), self._value)

    def _write(self, name: str, value: int) -> None:
        outcome: Outcome = UNKNOWN
        start = time.monotonic_ns()
        try:
            if self._client.call(name, "SET", name, value, then=("WAIT", 1, CONFIRMED_WITHIN_MS)):
                outcome = OK
        except NotDone:
            outcome = FAILED
        except MayBeDone:
            pass
        self._log(Record(0, SET, name, value, start, time.monotonic_ns(), outcome).line())
        if outcome != OK:
            time.sleep(PAUSE_S)


def main(arguments: list[str]) -> None:
    config = json.loads(Path(arguments[0]).read_text())
    with Path(config["log"]).open("w", buffering=1) as log:
        writing = Confirming(config, log.write)
        signal.signal(signal.SIGTERM, lambda *_: setattr(writing, "stopping", True))
        writing.run()


if __name__ == "__main__":
    main(sys.argv[1:])
