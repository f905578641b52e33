"""The ladder: one rung after the other, by the same workers, which are paused inside for longer than their lease.

A worker is stopped (SIGSTOP) where it hurts: inside, after it read the resource and before it writes. The seed decides
when, which worker and for how long, but not when processes get the processor, so a seed repeats the plan of a run, not
its figures. A paused worker resumes once its lease is over and another worker has written.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from redis import Redis, RedisError

from locks.core.ladder import RUNGS
from locks.stage.clients import STAGE
from locks.stage.excerpt import Excerpt, excerpt
from locks.stage.oracle import Verdict, judge
from locks.stage.rungs import WAYS
from locks.stage.session import Session
from locks.stage.workers import Workers

LADDER = f"{STAGE}ladder:"
"""The prefix of every key of the ladder."""
HEAR_S = 0.02
LIVE_EVERY_S = 0.2
START_WITHIN_S = 30.0
MOST_PAUSED_S = 5.0
"""After this long a worker resumes even if nobody has written, as on an idle machine."""


class Failed(Exception):
    """The run failed; the message is the kind of error."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a rung runs.

    Values are drawn from the ranges; `pause_after` counts reads, `paused_ttls` is in times to live.
    """

    ttl_ms: int = 250
    inside_s: tuple[float, float] = (0.015, 0.03)
    between_s: tuple[float, float] = (0.004, 0.016)
    pause_after: tuple[int, int] = (12, 35)
    paused_ttls: tuple[float, float] = (1.3, 2.0)
    most_pauses: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan for a run of rungs, `seconds` each."""

    seed: int
    seconds: float
    pace: Pace = Pace()


@dataclass(frozen=True, slots=True)
class Judged:
    """The result of a rung. `as_expected`: something was measured, and it matches the prediction."""

    rung: str
    seed: int
    workers: int
    ttl_ms: int
    took_ms: int
    verdict: Verdict
    excerpt: Excerpt

    @property
    def as_expected(self) -> bool:
        """Whether overlaps and stale writes are as predicted."""
        expected, verdict = RUNGS[self.rung], self.verdict
        measured = verdict.entries > 0 and verdict.pauses > 0
        return measured and (verdict.overlap, verdict.stale > 0) == (expected.overlap, expected.stale)

    def to_dict(self) -> dict[str, Any]:
        """As in events, on pages and on the command line."""
        expected = RUNGS[self.rung]
        said = {"overlap": expected.overlap, "stale": expected.stale}
        return {**asdict(self), "as_expected": self.as_expected, "expected": said}


Live = Callable[[dict[str, Any]], None]


class RungRun:
    """One rung, for at most `seconds`. Belongs to the thread of `workers`, which must be started."""

    def __init__(self, workers: Workers, url: str, rung: str, plan: Plan) -> None:
        self._workers = workers
        self._url = url
        self._rung = rung
        self._seed = plan.seed
        self._seconds = plan.seconds
        self._pace = pace = plan.pace
        self._rng = random.Random(f"{plan.seed}:{rung}")  # noqa: S311  a plan, not a secret
        self._key = f"{LADDER}{secrets.token_hex(4)}:{rung}"
        self._session = Session(workers, [self._key], self._after_read)
        self._over = False
        self._pauses = 0
        self._reads_left = self._rng.randint(*pace.pause_after)
        self._paused: int | None = None
        self._resume_at = 0.0
        self._latest = 0.0
        self._writes_before = 0

    def run(self, live: Live, stopping: Callable[[], bool]) -> Judged | None:
        """Runs it; None if it was stopped before its end. Raises Failed."""
        try:
            self._begin()
            began = time.monotonic()
            self._until_over(began, live, stopping)
            self._over = True
            self._session.halt()
        finally:
            self._clean()
        if stopping():
            return None
        log, until_ns = self._session.log, time.monotonic_ns()
        took_ms = round((time.monotonic() - began) * 1_000)
        verdict, picture = judge(log, until_ns), excerpt(log, until_ns, self._workers.size, 3 * self._pace.ttl_ms)
        return Judged(self._rung, self._seed, self._workers.size, self._pace.ttl_ms, took_ms, verdict, picture)

    def _begin(self) -> None:
        self._workers.start()  # restarts workers that ended in the previous rung
        for number in range(1, self._workers.size + 1):
            order = {
                "url": self._url,
                "rung": self._rung,
                "locks": [self._key],
                "ttl_ms": self._pace.ttl_ms,
                "inside_s": self._pace.inside_s,
                "between_s": self._pace.between_s,
                "seed": f"{self._seed}:{self._rung}:{number}",
            }
            self._session.play(number, order)
        deadline = time.monotonic() + START_WITHIN_S
        while not self._session.all_started():
            self._session.hear(HEAR_S)
            if time.monotonic() > deadline:
                raise Failed("WorkersDoNotStart")

    def _until_over(self, began: float, live: Live, stopping: Callable[[], bool]) -> None:
        next_live = 0.0
        while not stopping() and not self._is_over(now := time.monotonic(), began):
            self._session.hear(HEAR_S)
            self._resume_if_due(now)
            if self._session.troubles:
                raise Failed(self._session.trouble or "RedisError")
            if now >= next_live:
                next_live = now + LIVE_EVERY_S
                live(self._live(now - began))

    def _is_over(self, now: float, began: float) -> bool:
        if self._paused is not None:
            return False
        return now - began >= self._seconds or self._pauses == self._pace.most_pauses

    def _after_read(self, number: int) -> None:
        """The known point: a worker has read and will write. Decides whether to pause it here."""
        self._reads_left -= 1
        if self._over or self._reads_left > 0 or self._paused is not None:
            return
        if self._workers.pause(number):
            self._session.note(number, "pause")
            self._paused = number
            self._pauses += 1
            self._reads_left = self._rng.randint(*self._pace.pause_after)
            now = time.monotonic()
            self._resume_at = now + self._rng.uniform(*self._pace.paused_ttls) * self._pace.ttl_ms / 1_000
            self._latest = now + MOST_PAUSED_S
            self._writes_before = self._session.writes

    def _resume_if_due(self, now: float) -> None:
        if self._paused is None or now < self._resume_at:
            return
        if self._session.writes > self._writes_before or now >= self._latest:
            self._session.note(self._paused, "resume")
            self._workers.resume(self._paused)
            self._paused = None

    def _live(self, elapsed_s: float) -> dict[str, Any]:
        found = judge(self._session.log, time.monotonic_ns())
        return {
            "rung": self._rung,
            "elapsed_ms": round(elapsed_s * 1_000),
            "seconds": self._seconds,
            "workers": self._session.states(),
            "entries": found.entries,
            "overlapping": found.overlapping,
            "stale": found.stale,
            "refused": found.refused,
            "pauses": found.pauses,
        }

    def _clean(self) -> None:
        """Deletes everything that the rung wrote."""
        with closing(Redis.from_url(self._url, socket_timeout=2, socket_connect_timeout=2)) as client:
            try:
                client.delete(*(self._key + suffix for suffix in WAYS[self._rung].keys))
            except RedisError as error:
                raise Failed(type(error).__name__) from error
