"""A node's figures from INFO, and its load between two of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from balancer.core.weighing import Report
from balancer.traffic.work import STATISTICS
from servers.info import calls, fields, seconds, whole
from servers.resp import command

INFO: Final = command(b"INFO", b"cpu", b"stats", b"commandstats")


class Reading(NamedTuple):
    """One look, at `at` seconds on the driver's clock. Totals since the server started, in seconds and calls.

    `busy_s` is how long its event loop was not waiting, in wall-clock time. Unlike CPU time, it includes pauses of the
    process. None if the server does not report it (before Redis 7.2).
    """

    at: float
    cpu_s: float
    busy_s: float | None
    ops: int
    commands: Mapping[str, tuple[int, int]]

    @property
    def requests(self) -> int:
        """How many requests it has served: ours, and others that used the same commands."""
        return sum(count for count, _ in self.commands.values())


class Load(NamedTuple):
    """The load between two looks. `cpu` is the share of one core, `busy` the share of time in which the node was
    working.

    `cost_us` is the wall-clock time per request at the node, None if there were none. Both shares are 0 to 1.
    """

    cpu: float
    busy: float
    ops: int
    cost_us: float | None

    def frame(self) -> dict[str, Any]:
        """The form for JSON."""
        return self._asdict()


def reading(text: bytes, at: float) -> Reading | None:
    """Parses the reply to INFO. None if a figure is missing."""
    told = fields(text)
    user, system = seconds(told.get("used_cpu_user")), seconds(told.get("used_cpu_sys"))
    ops, busy_us = whole(told.get("instantaneous_ops_per_sec")), whole(told.get("eventloop_duration_sum"))
    if user is None or system is None or ops is None:
        return None
    commands = {name: calls(told.get(f"cmdstat_{name}")) for name in STATISTICS}
    return Reading(at, user + system, None if busy_us is None else busy_us / 1e6, ops, commands)


def restarted(before: Reading, now: Reading) -> bool:
    """Whether the server or its statistics were reset in between."""
    return now.cpu_s < before.cpu_s or now.requests < before.requests


def load(before: Reading, now: Reading, statistic: str) -> Load:
    """The load between two looks at one run of a server. Requests are those that `statistic` counts."""
    (calls_then, usec_then), (calls_now, usec_now) = before.commands[statistic], now.commands[statistic]
    served = calls_now - calls_then
    cpu = _part(now.cpu_s - before.cpu_s, before, now)
    return Load(
        cpu=cpu,
        busy=_busy(before, now, cpu),
        ops=now.ops,
        cost_us=round((usec_now - usec_then) / served, 2) if served > 0 else None,
    )


def report(before: Reading, now: Reading, failed: int) -> Report:
    """The report for weights, including failed requests as the sender counted them."""
    span_s = now.at - before.at
    cpu = _part(now.cpu_s - before.cpu_s, before, now)
    return Report(
        qps=(now.requests - before.requests) / span_s, eps=failed / span_s, utilization=_busy(before, now, cpu)
    )


def _busy(before: Reading, now: Reading, cpu: float) -> float:
    if before.busy_s is None or now.busy_s is None:
        return cpu
    return _part(now.busy_s - before.busy_s, before, now)


def _part(spent_s: float, before: Reading, now: Reading) -> float:
    return round(min(max(spent_s / (now.at - before.at), 0.0), 1.0), 5)
