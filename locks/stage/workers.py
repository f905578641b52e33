"""The worker processes of a run: started by the hands, reached over socket pairs, paused, killed, restarted."""

from __future__ import annotations

import selectors
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fleet.hands import Hands
from fleet.process import Child, start
from locks.stage.line import Gone, Line, Message

ROOT = Path(__file__).resolve().parents[2]

ENDED: Message = {"did": "end"}
"""The report of a worker whose process has ended."""


@dataclass(slots=True)
class Worker:
    """One process. `paused`: it was stopped and has not been resumed."""

    number: int
    child: Child
    line: Line
    paused: bool = field(default=False)

    @property
    def name(self) -> str:
        """Its name on pages."""
        return name_of(self.number)


def name_of(number: int) -> str:
    """The name of a worker."""
    return f"worker-{number}"


class Workers:
    """`size` workers, numbered from 1. Belongs to one thread; the hands' main thread is another."""

    def __init__(self, hands: Hands, size: int) -> None:
        self._hands = hands
        self._selector = selectors.DefaultSelector()
        self.size = size
        self.alive: dict[int, Worker] = {}

    def start(self) -> None:
        """Starts the workers that are not running. Raises OSError, and Closed when the program ends."""
        for number in range(1, self.size + 1):
            if number not in self.alive:
                self._start(number)

    def start_one(self, number: int) -> None:
        """Restarts a worker that has ended. Raises OSError, Closed."""
        if number not in self.alive:
            self._start(number)

    def tell(self, number: int, message: Message) -> None:
        """Sends a message to a worker; does nothing if it has ended."""
        if (worker := self.alive.get(number)) is not None:
            with suppress(Gone):  # its end is reported soon
                worker.line.send(message)

    def hear(self, timeout_s: float) -> list[tuple[int, Message]]:
        """The workers' reports, in order per worker, as soon as there is one; ENDED once for each that ended."""
        heard: list[tuple[int, Message]] = []
        for key, _events in self._selector.select(max(timeout_s, 0)):
            worker: Worker = key.data
            try:
                heard += [(worker.number, message) for message in worker.line.take()]
            except Gone:
                self._forget(worker)
                heard.append((worker.number, ENDED))
        return heard

    def pause(self, number: int) -> bool:
        """Stops a worker where it is (SIGSTOP). Returns whether it was running."""
        worker = self.alive.get(number)
        if worker is None or worker.paused:
            return False
        worker.paused = True
        worker.child.freeze()
        return True

    def resume(self, number: int) -> bool:
        """Resumes a worker. Returns whether it was paused."""
        worker = self.alive.get(number)
        if worker is None or not worker.paused:
            return False
        worker.paused = False
        worker.child.thaw()
        return True

    def kill(self, number: int) -> bool:
        """Kills a worker in the middle of whatever it does. Returns whether it was alive."""
        worker = self.alive.get(number)
        if worker is None:
            return False
        worker.child.signal(signal.SIGKILL)  # the hands reap it
        return True

    def halt(self) -> None:
        """Tells all workers to stop playing; each reports "done"."""
        for number in list(self.alive):
            self.resume(number)
            self.tell(number, {"halt": True})

    def close(self) -> None:
        """Kills the workers that are left."""
        for worker in list(self.alive.values()):
            worker.child.signal(signal.SIGKILL)
            self._forget(worker)
        self._selector.close()

    def _start(self, number: int) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            argv = [sys.executable, "-m", "locks.stage.worker", str(theirs.fileno())]
            starting = partial(start, f"stage {name_of(number)}", argv, cwd=ROOT, pass_fds=[theirs.fileno()])
            try:
                child = self._hands.start(starting, lambda _child: None)
            except BaseException:
                ours.close()
                raise
        worker = Worker(number, child, Line(ours))
        self.alive[number] = worker
        self._selector.register(ours, selectors.EVENT_READ, worker)

    def _forget(self, worker: Worker) -> None:
        del self.alive[worker.number]
        self._selector.unregister(worker.line)
        worker.line.close()
