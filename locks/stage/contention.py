"""Workers that contend for a few named locks with a real client, for minutes, so there is something to see."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from redis import Redis, RedisError

from locks.core.own import keys_of
from locks.stage.ladder import HEAR_S, Failed, Live
from locks.stage.session import Session
from locks.stage.workers import Workers, name_of

LOCKS: Final = ("orders:settle", "invoice:7741", "ledger:close", "index:rebuild")
TTL_MS: Final = 8_000
INSIDE_S: Final = (2.0, 9.0)
BETWEEN_S: Final = (0.5, 3.0)
LIVE_EVERY_S = 0.25

Changed = Callable[[str, str], None]
OnRefused = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Tells:
    """Callbacks, called in the thread of the workers. `changed`: a worker's name; paused, resumed, killed, started,
    ended. `refused`: the key of a lock whose fencing token was too low.
    """

    changed: Changed
    refused: OnRefused


@dataclass(frozen=True, slots=True)
class Command:
    """An operator's request: pause, resume, kill or start a worker, by its number."""

    what: str
    number: int


class Contention:
    """Belongs to the thread of `workers`; any thread may put `commands` or call `label_of`."""

    def __init__(self, workers: Workers, url: str, client: str, seed: int, tells: Tells) -> None:
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._workers = workers
        self._url = url
        self._client = client
        self._seed = seed
        self._told = tells.changed
        # Only our own lock has fencing tokens.
        self._session = Session(workers, LOCKS, on_refused=lambda lock: tells.refused(keys_of(lock).held))
        self._killed: set[int] = set()
        self._do = {"pause": self._pause, "resume": self._resume, "kill": self._kill, "start": self._start}

    def run(self, seconds: float, live: Live, stopping: Callable[[], bool]) -> None:
        """Runs until `seconds` have passed, or it is stopped. Raises Failed, OSError, Closed."""
        ahead_ms = _ahead_ms(self._url)
        self._workers.start()
        for number in range(1, self._workers.size + 1):
            self._play(number)
        began, next_live = time.monotonic(), 0.0
        while not stopping() and (now := time.monotonic()) - began < seconds:
            self._hear()
            while not self.commands.empty():
                command = self.commands.get()
                self._do[command.what](command.number)
            if now >= next_live:
                next_live = now + LIVE_EVERY_S
                live(self._live(now - began, seconds, ahead_ms))
        self._session.halt()

    def label_of(self, holder_id: str) -> str | None:
        """The worker that has, or had, this holder_id."""
        number = self._session.holders.get(holder_id)
        return None if number is None else name_of(number)

    def _hear(self) -> None:
        before = set(self._workers.alive)
        self._session.hear(HEAR_S)
        for number in before - self._workers.alive.keys():
            self._told(name_of(number), "killed" if number in self._killed else "ended")
            self._killed.discard(number)

    def _play(self, number: int) -> None:
        order = {"url": self._url, "client": self._client, "worker": name_of(number), "locks": LOCKS, "ttl_ms": TTL_MS}
        pace = {"inside_s": INSIDE_S, "between_s": BETWEEN_S, "seed": f"{self._seed}:{number}"}
        self._session.play(number, order | pace)

    def _pause(self, number: int) -> None:
        if self._workers.pause(number):
            self._told(name_of(number), "paused")

    def _resume(self, number: int) -> None:
        if self._workers.resume(number):
            self._told(name_of(number), "resumed")

    def _kill(self, number: int) -> None:
        if self._workers.kill(number):
            self._killed.add(number)

    def _start(self, number: int) -> None:
        if number not in self._workers.alive:
            self._workers.start_one(number)
            self._play(number)
            self._told(name_of(number), "started")

    def _live(self, elapsed_s: float, seconds: float, ahead_ms: float) -> dict[str, Any]:
        refused = [
            {"at": round(at_ns / 1e6 + ahead_ms), "worker": name_of(number), "lock": lock, "fencing": fencing_token}
            for at_ns, number, lock, fencing_token in self._session.refused
        ]
        return {
            "elapsed_ms": round(elapsed_s * 1_000),
            "seconds": seconds,
            "workers": self._session.states(),
            "refused": refused,
            "trouble": self._session.trouble,
        }


def _ahead_ms(url: str) -> float:
    """How far the server's clock is ahead of CLOCK_MONOTONIC, in ms: pages show its times. Raises Failed."""
    with closing(Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)) as client:
        try:
            asked_at = time.monotonic()
            seconds, micros = client.time()
            return seconds * 1e3 + micros / 1e3 - (asked_at + time.monotonic()) / 2 * 1e3
        except (RedisError, OSError) as error:
            raise Failed(type(error).__name__) from error
