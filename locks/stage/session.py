"""What workers do while they play: notes each message and answers for the resource. The oracle judges the log."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from locks.stage.line import Message
from locks.stage.oracle import Record
from locks.stage.resource import Resource
from locks.stage.workers import Workers, name_of

HALT_WITHIN_S = 1.0
MOST_REFUSED = 20  # refused writes that are remembered individually
MOST_HOLDERS = 256

State = Literal["starting", "waiting", "inside", "between", "paused", "ended"]


@dataclass(slots=True)
class Seen:
    """The last report of a worker."""

    state: State = "starting"
    lock: str = ""
    holder_id: str = ""
    fencing_token: int | None = None
    since_ns: int = field(default_factory=time.monotonic_ns)


class Session:
    """Belongs to the thread of its `workers`. Each of `locks` has a resource. `on_read` is called after each read,
    before the worker gets the answer; `on_refused` with the lock of a refused write.
    """

    def __init__(
        self,
        workers: Workers,
        locks: Sequence[str],
        on_read: Callable[[int], None] = lambda _number: None,
        on_refused: Callable[[str], None] = lambda _lock: None,
    ) -> None:
        self.workers = workers
        self.log: list[Record] = []
        self.seen: dict[int, Seen] = {number: Seen() for number in range(1, workers.size + 1)}
        self.writes = 0
        self.refused: deque[tuple[int, int, str, int]] = deque(maxlen=MOST_REFUSED)
        self.holders: dict[str, int] = {}
        self.trouble = ""
        self.troubles = 0
        self._resources = {lock: Resource() for lock in locks}
        self._on_read = on_read
        self._on_refused = on_refused
        self._playing: set[int] = set()
        self._do: Mapping[str, Callable[[int, Message], None]] = {
            "wait": self._wait,
            "enter": self._enter,
            "read": self._read,
            "write": self._write,
            "leave": self._leave,
            "done": self._done,
            "end": self._end,
            "trouble": self._trouble,
        }

    def play(self, number: int, order: Mapping[str, Any]) -> None:
        """Tells a worker to begin."""
        self._playing.add(number)
        self.workers.tell(number, {"play": dict(order)})

    def hear(self, timeout_s: float) -> None:
        """Notes and answers what arrives within `timeout_s`."""
        for number, message in self.workers.hear(timeout_s):
            self._do[message["did"]](number, message)

    def halt(self) -> None:
        """Stops all workers; one that does not stop within a second is killed, whatever it waits for."""
        self.workers.halt()
        self._until_done()
        for number in self._playing:
            self.workers.kill(number)
        self._until_done()

    def _until_done(self) -> None:
        deadline = time.monotonic() + HALT_WITHIN_S
        while self._playing and (left_s := deadline - time.monotonic()) > 0:
            self.hear(left_s)

    def note(self, number: int, what: Literal["pause", "resume"]) -> None:
        """A worker was paused or resumed, now."""
        self.log.append(Record(time.monotonic_ns(), number, what))

    def all_started(self) -> bool:
        """Whether every worker has reported something, or ended."""
        return all(seen.state != "starting" for seen in self.seen.values())

    def states(self) -> list[dict[str, Any]]:
        """The workers as frames show them. `for_ms` is how long they have been in their state."""
        now = time.monotonic_ns()
        return [
            {
                "worker": name_of(number),
                "state": self._state_of(number, seen),
                "lock": seen.lock if seen.state in ("waiting", "inside") else "",
                "fencing": seen.fencing_token if seen.state == "inside" else None,
                "for_ms": (now - seen.since_ns) // 1_000_000,
            }
            for number, seen in self.seen.items()
        ]

    def _state_of(self, number: int, seen: Seen) -> State:
        worker = self.workers.alive.get(number)
        return "paused" if worker is not None and worker.paused else seen.state

    def _wait(self, number: int, message: Message) -> None:
        self.seen[number] = Seen("waiting", message["lock"])

    def _enter(self, number: int, message: Message) -> None:
        self.log.append(Record(message["at_ns"], number, "enter"))
        self.trouble = ""
        self.holders[message["holder_id"]] = number
        if len(self.holders) > MOST_HOLDERS:
            del self.holders[next(iter(self.holders))]
        self.seen[number] = Seen("inside", message["lock"], message["holder_id"], message["token"], message["at_ns"])

    def _read(self, number: int, message: Message) -> None:
        value = self._resources[message["lock"]].read(message["token"])
        if value is None:
            self._refuse(number, message)
        else:
            self.log.append(Record(time.monotonic_ns(), number, "read"))
            self._on_read(number)
        self.workers.tell(number, {"value": value})

    def _write(self, number: int, message: Message) -> None:
        taken = self._resources[message["lock"]].write(message["value"], message["token"])
        if taken:
            self.writes += 1
            self.log.append(Record(time.monotonic_ns(), number, "write"))
        else:
            self._refuse(number, message)
        self.workers.tell(number, {"taken": taken})

    def _refuse(self, number: int, message: Message) -> None:
        now = time.monotonic_ns()
        self.log.append(Record(now, number, "refuse"))
        self.refused.append((now, number, message["lock"], message["token"]))
        self._on_refused(message["lock"])

    def _leave(self, number: int, message: Message) -> None:
        self.log.append(Record(message["at_ns"], number, "leave"))
        self.seen[number] = Seen("between")

    def _done(self, number: int, _message: Message) -> None:
        self._playing.discard(number)
        self.seen[number] = Seen("between")

    def _end(self, number: int, _message: Message) -> None:
        self.log.append(Record(time.monotonic_ns(), number, "end"))
        self._playing.discard(number)
        self.seen[number] = Seen("ended")

    def _trouble(self, number: int, message: Message) -> None:
        self.trouble, self.troubles = message["text"], self.troubles + 1
        self.seen[number] = Seen("between")
