"""The status of watching one source, as pages see it."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Literal

from locks.core.holds import Way
from locks.core.rows import Advice, CostRow, Status, Trouble
from locks.sources import Bill, Capabilities, Progress, Source, SourceTrouble
from locks.watcher.clock import OurClock

State = Literal["discovering", "watching", "paused", "down", "waiting"]
_NO_COST: CostRow = {"calls_s": 0.0, "by_command": {}, "server_us_s": None, "budget_us_s": None, "throttled": False}
_NO_BILL = Bill({}, 0, 0.0, 0, 0, 0, None)
_WINDOW_S = 10.0
_THROTTLED_FOR_S = 5.0


class Standing:
    """The status of one source. The eye writes, the teller reads."""

    def __init__(self, clock: OurClock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._bills: deque[tuple[float, Bill]] = deque()
        self._throttled_until_s = 0.0
        self._status: Status = {
            "state": "waiting",
            "since": clock.now_ms(),
            "trouble": None,
            "progress": None,
            "scanned": 0,
            "keys": 0,
            "way": "scanning",
            "advice": None,
            "server": "",
            "role": "unknown",
            "reconciled_at": None,
            "took_ms": None,
            "cost": _NO_COST,
            "locks": 0,
            "capped": False,
            "seq": 0,
            "clock_ms": 0.0,
        }

    def status(self) -> Status:
        """A copy."""
        with self._lock:
            return self._status.copy()

    def enter(self, state: State, trouble: SourceTrouble | None = None) -> bool:
        """Sets the current activity; returns whether it changed."""
        told: Trouble | None = None if trouble is None else {"kind": trouble.kind, "text": trouble.text}
        with self._lock:
            before, wrong = self._status["state"], self._status["trouble"]
            if before == state and (wrong and wrong["kind"]) == (told and told["kind"]):
                return False
            if before != state:
                self._status["since"] = self._clock.now_ms()
            self._status["state"], self._status["trouble"] = state, told
            self._status["progress"] = 0.0 if state == "discovering" else None
            if state in ("paused", "down"):
                self._bills.clear()
                self._status["cost"] = _NO_COST
            return True

    def learn(self, can: Capabilities, way: Way) -> None:
        """Sets what the server is and how changes are heard."""
        advice: Advice | None = None
        if can.missing:
            advice = {"line": can.missing, "cost": "notifications", "servers": list(can.lacking)}
        with self._lock:
            self._status |= {"server": can.server, "role": can.role, "way": way, "advice": advice}

    def progress(self, progress: Progress) -> None:
        """Sets the progress of a search."""
        with self._lock:
            self._status["scanned"], self._status["keys"] = progress.scanned, progress.keys
            if self._status["state"] == "discovering":
                self._status["progress"] = round(progress.share, 3)

    def reconciled(self, took_ms: float) -> None:
        """The search is complete."""
        with self._lock:
            self._status["reconciled_at"], self._status["took_ms"] = self._clock.now_ms(), round(took_ms)

    def count(self, keys: int, *, capped: bool) -> None:
        """Sets how many keys the source has, and whether locks are left out."""
        with self._lock:
            self._status["keys"], self._status["capped"] = keys, capped

    def throttle(self) -> None:
        """Something was postponed to stay within the budget."""
        self._throttled_until_s = time.monotonic() + _THROTTLED_FOR_S

    def bill(self, source: Source) -> None:
        """The cost over the last ten seconds."""
        now, bill = time.monotonic(), source.cost.bill()
        bills = self._bills
        if bills and bill.calls < bills[-1][1].calls:  # from a new connection, which counts from zero
            bills.clear()
            bills.append((now, _NO_BILL))
        bills.append((now, bill))
        while len(bills) > 2 and now - bills[0][0] > _WINDOW_S:
            bills.popleft()
        first, past_s = bills[0][1], max(1.0, now - bills[0][0])
        commands = {
            name: round((count - first.by_command.get(name, 0)) / past_s, 2) for name, count in bill.by_command.items()
        }
        server_us = None if bill.server_us is None else (bill.server_us - (first.server_us or 0)) / past_s
        cost: CostRow = {
            "calls_s": round((bill.calls - first.calls) / past_s, 2),
            "by_command": {name: a_second for name, a_second in commands.items() if a_second},
            "server_us_s": None if server_us is None else round(server_us, 1),
            "budget_us_s": None if source.budget is None else round(source.budget * 1e6),
            "throttled": now < self._throttled_until_s,
        }
        with self._lock:
            self._status["cost"] = cost
