"""Pings every watched server and evaluates the answers (detector.py), in a thread with its own event loop.

A round pings all servers in parallel and waits up to DEADLINE_S for answers. If all have answered, the next round
begins EVERY_S after the last. A server that freezes is pinged after EVERY_S / 2 on average and misses two deadlines,
which takes 1.15 s in the median (1.25 s with a round every 500 ms).

The observer itself can be at fault: a loop that is blocked for a second finds eight of eight servers silent. So the
loop ticks all the time, and a round with a late tick does not count.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from servers.address import Address
from servers.watching.detector import MOST_LATE_S, Detector, Finding, ServerKey
from servers.watching.probe import Probe

logger = logging.getLogger(__name__)

EVERY_S = 0.3
DEADLINE_S = 0.5
TICK_S = 0.1
WINDOW = 32  # round trips stored per server
AT_ONCE = 8  # pings sent before the loop reads answers, so that round trips measure the servers, not the loop

# Keeps running while the machine sleeps, unlike the loop's own clock on Linux.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Heartbeat:
    """Watches servers until stopped. Its methods may be called from any thread.

    Callbacks run in the detector's thread and must be quick; their exceptions are logged. A callback of the current
    round may still run just after `unwatch` has returned.

    - `on_suspicion(key, misses)`: no answer for DEADLINE_S. `misses` as in Finding; called again when it changes.
    - `on_clear(key)`: a suspected server answered.
    - `on_verdict(key)`: it is dead or frozen. Final: it is not pinged again until it is watched anew.

    `stopped_s(key, since)` returns for how many seconds since then, on the monotonic clock, the caller had stopped the
    server itself. That silence does not count. It is called only for servers that did not answer.
    """

    def __init__(
        self,
        on_suspicion: Callable[[ServerKey, int], None],
        on_clear: Callable[[ServerKey], None],
        on_verdict: Callable[[ServerKey], None],
        stopped_s: Callable[[ServerKey, float], float] = lambda _key, _since: 0.0,
    ) -> None:
        self._on_suspicion = on_suspicion
        self._on_clear = on_clear
        self._on_verdict = on_verdict
        self._stopped_s = stopped_s
        self._loop = asyncio.new_event_loop()
        self._detector = Detector()
        self._probes: dict[ServerKey, Probe] = {}
        self._latencies: dict[ServerKey, tuple[float, ...]] = {}
        self._reading = threading.Lock()
        self._ticked_at = 0.0
        self._late_s = 0.0
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Starts the rounds. Call it once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the rounds and waits for the thread. No callback runs after it returns."""
        self._call(self._cancel)
        if self._thread.ident is None:
            self._loop.close()  # never started
        elif self._thread is not threading.current_thread():
            self._thread.join()

    def watch(self, key: ServerKey, address: Address, password: str) -> None:
        """Pings the server (an IP address and a port; "" for no password) from the next round on.

        A server that is already watched starts over, even after a verdict.
        """
        self._call(self._watch, key, address, password)

    def unwatch(self, key: ServerKey) -> None:
        """Stops pinging the server. Does nothing if it is not watched."""
        self._call(self._unwatch, key)

    def excuse(self, key: ServerKey, seconds: float) -> None:
        """Ignores the server's misses for this long, for example while it restarts. 0 ends the excuse. Does nothing if
        it is not watched.
        """
        self._call(lambda: self._detector.excuse(key, self._loop.time() + seconds))

    def latencies(self) -> dict[ServerKey, tuple[float, ...]]:
        """The newest round trips of every watched server that has answered, in seconds, oldest first."""
        with self._reading:
            return dict(self._latencies)

    def _call(self, function: Callable[..., None], *arguments: Any) -> None:
        with suppress(RuntimeError):  # stopped: no server is watched any more
            self._loop.call_soon_threadsafe(function, *arguments)

    def _watch(self, key: ServerKey, address: Address, password: str) -> None:
        self._unwatch(key)
        self._probes[key] = Probe(self._loop, address, password)
        self._detector.watch(key)

    def _unwatch(self, key: ServerKey) -> None:
        self._detector.unwatch(key)
        if probe := self._probes.pop(key, None):
            probe.close()
        with self._reading:
            self._latencies.pop(key, None)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._rounds())
        try:
            with suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._task)
        finally:
            for key in list(self._probes):
                self._unwatch(key)
            # Lets cancelled tasks and aborted connections end in the loop.
            self._loop.run_until_complete(_others_end())
            self._loop.close()

    async def _rounds(self) -> None:
        self._ticked_at = time.clock_gettime(_CLOCK)
        while True:
            try:
                await self._round()
            except Exception:
                logger.exception("A round of pings failed and does not count")
                self._detector.void()
                await self._tick(TICK_S)

    async def _round(self) -> None:
        self._late_s = 0.0
        asked = {key: self._probes[key] for key in self._detector.wanted()}
        for number, probe in enumerate(asked.values(), 1):
            probe.ask()
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        begun = self._loop.time()
        while (left_s := begun + DEADLINE_S - self._loop.time()) > 0:
            await self._tick(min(TICK_S, left_s))
            is_time = self._loop.time() - begun >= EVERY_S
            if is_time and all(probe.rtt_s is not None for probe in asked.values()):
                break
        self._judge({key: probe for key, probe in asked.items() if self._probes.get(key) is probe}, begun)

    async def _tick(self, seconds: float) -> None:
        """Waits, and records how much more than the interval has passed since the last tick."""
        await asyncio.sleep(seconds)
        now = time.clock_gettime(_CLOCK)
        self._late_s = max(self._late_s, now - self._ticked_at - seconds)
        self._ticked_at = now

    def _judge(self, asked: dict[ServerKey, Probe], begun: float) -> None:
        if self._late_s <= MOST_LATE_S:
            self._keep_latencies(asked)
        answered = {key: probe.settle() for key, probe in asked.items()}
        now = self._loop.time()
        silent = [key for key, did_answer in answered.items() if not did_answer]
        stopped = {key: min(1.0, self._stopped_s(key, begun) / (now - begun)) for key in silent}
        for finding in self._detector.judge(now, answered, self._late_s, stopped):
            self._tell(finding)

    def _keep_latencies(self, asked: dict[ServerKey, Probe]) -> None:
        with self._reading:
            for key, probe in asked.items():
                if (rtt_s := probe.rtt_s) is not None:
                    self._latencies[key] = (*self._latencies.get(key, ())[1 - WINDOW :], rtt_s)

    def _tell(self, finding: Finding) -> None:
        try:
            if finding.kind == "suspicion":
                self._on_suspicion(finding.key, finding.misses)
            elif finding.kind == "clear":
                self._on_clear(finding.key)
            else:
                self._on_verdict(finding.key)
        except Exception:
            logger.exception("A callback of the failure detector failed: %s", finding)


async def _others_end() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)
