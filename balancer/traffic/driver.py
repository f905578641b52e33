"""The driver: an open loop that sends each request when it is due, to the node that the policy picks.

Each request is sent at its time, whether or not earlier ones have been answered, and latency counts from that intended
time. So a slow node, a policy that waits for it and a late driver all show up (no coordinated omission: G. Tene, "How
NOT to Measure Latency", 2013). One timer per request would be too slow and too coarse, so each turn of the loop sends
everything that is due.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

from balancer.core.guards.eligible import Rules
from balancer.core.guards.limits import Limits
from balancer.core.policy import Sight
from balancer.core.pool import Pool
from balancer.core.shadows import Turns
from balancer.core.weighing import Weighing
from balancer.traffic.clock import clock
from balancer.traffic.drivable import drivable
from balancer.traffic.lag import Lag
from balancer.traffic.leaning import Leaning
from balancer.traffic.load import Load
from balancer.traffic.nodes import Nodes, OpenWay, Target
from balancer.traffic.probing import CHECKS, HEARTBEATS
from balancer.traffic.sampled import Request, Sample, Samples, Spacing, candidates
from balancer.traffic.settings import Settings
from balancer.traffic.stream import Stream
from balancer.traffic.tally import Count, Part, Tally, counted
from balancer.traffic.window import SPAN_S, Seen, Window
from balancer.traffic.work import request, statistic
from ringviz.core.abilities import NO_OPTIONS, Options
from servers.client.line import Line, Outcome

TICK_S: Final = 0.1
GRAIN_S: Final = 0.001  # resolution of the loop's timers: requests due within it are sent now
MOST_LATE_S: Final = 1.0  # later requests are dropped
AT_ONCE: Final = 256  # requests sent before the loop looks for replies

# No total limit: 1,024 for all nodes would refuse the requests that pile up at a frozen one. `cap` limits each node.
RULES: Final = Rules(limits=Limits(requests=None), checks=CHECKS, heartbeats=HEARTBEATS)


class Driver:
    """Sends requests to these nodes under the named policy. Lives in the running loop. Not thread-safe.

    Calls `on_tick`, which must not wait, about ten times a second while it runs; `seen` has the figures. Policy,
    settings and nodes may change while it runs. `Settings` bounds everything.

    Raises UnknownPolicy, UnknownOption, InvalidOption and OnlySimulated. So does `use`, which then changes nothing.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        password: str,
        settings: Settings,
        policy: str,
        options: Options = NO_OPTIONS,
        *,
        rules: Rules = RULES,
        on_tick: Callable[[], None] | None = None,
        weighing: Weighing | None = None,
        span_s: float = SPAN_S,
        way: OpenWay = Line,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        drivable(policy, Pool(()), settings, options)  # raises before there is a connection to close
        self.settings = settings
        self.samples: Final = Samples()
        self.tally: Final = Tally()
        self.nodes: Final = Nodes(
            targets, password, settings.timeout_s, settings.cap, rules, way=way, on_place=self.tally.add
        )
        self._leaning = Leaning(self.nodes, self.tally, weighing or Weighing())
        self.stream: Stream | None = None  # None if not sending
        self._asked = 0  # requests due in earlier streams
        self._limits = rules.limits
        self._on_tick, self._packed = on_tick, request(settings.work)
        self.on_part: Callable[[Part], None] | None = None  # called with each tick's results
        self.newest: Part | None = None  # the last tick's results
        self._window = Window(span_s)
        self._lag: Lag | None = None
        self._turning: asyncio.Handle | None = None
        self._ticking: asyncio.Handle | None = None
        self._ticked = clock()
        self._emptied: asyncio.Event | None = None
        self._played: asyncio.Future[None] | None = None
        self.use(policy, options)

    def use(self, policy: str, options: Options = NO_OPTIONS) -> None:
        """Switches the policy from the next request on. Requests in flight continue."""
        self._policy = drivable(policy, self.nodes.pool, self.settings, options)
        self.policy, self.options = policy, options
        self.nodes.guards.policy = self._policy
        self._hears = Sight.LATENCY in self._policy.sight
        self.samples.clear()

    def configure(self, settings: Settings) -> None:
        """Changes the settings. Starts a new stream if it differs, and new connections if the timeout or cap differ."""
        before = self.settings
        self._set(settings)
        self.samples.clear()
        if self.stream is not None and settings.requests != before.requests:
            self._begin(clock())

    def play(
        self,
        settings: Settings,
        policy: str,
        options: Options,
        *,
        begin: float | None = None,
        seconds: float = math.inf,
    ) -> asyncio.Future[None]:
        """Sends the stream of these settings under this policy, starting at `begin` on `clock` (None: now).

        Stops after `seconds` and completes the future. Another order cancels the future. Otherwise like `configure` and
        `use`.
        """
        self._set(settings)
        self.use(policy, options)
        self._begin(clock() if begin is None else begin, seconds)
        self._played = self._loop.create_future()
        return self._played

    def rest(self) -> None:
        """Stops sending until `play` is called. Requests in flight continue."""
        self._asked, self.stream = self.asked, None
        self._forget_what_plays()

    async def drained(self, most_s: float) -> bool:
        """Waits until nothing is in flight, up to a time limit. Returns whether that was reached."""
        in_flight = self.nodes.pool.in_flight
        if any(in_flight):
            self._emptied = asyncio.Event()
            with suppress(TimeoutError):
                async with asyncio.timeout(most_s):
                    await self._emptied.wait()
            self._emptied = None
        return not any(in_flight)

    def know(self, targets: Iterable[Target], convicted: Collection[str] = ()) -> None:
        """Sets the nodes. Of the nodes that are missing now, those in `convicted` were declared dead."""
        self.nodes.know(targets, convicted)

    def start(self) -> None:
        """Starts sending the settings' stream from its beginning. Call it once."""
        self._ticked = clock()
        self._lag = Lag()
        self._ticking = self._loop.call_later(TICK_S, self._tick)
        self._begin(self._ticked)

    async def stop(self, drain_s: float = 0.0) -> None:
        """Stops sending, waits for replies up to a time limit, and closes the connections. Requests still in flight are
        lost.
        """
        self.rest()
        await self.drained(drain_s)
        self.nodes.close()
        if self._ticking is not None:
            self._ticking.cancel()
        self.take()
        if self._lag is not None:
            self._lag.close()

    @property
    def caps(self) -> Mapping[int, int] | None:
        """The most requests in flight that the policy allows each ready node, by place. None if it has no limit."""
        return self._policy.caps() if self.nodes.pool.ready else None

    @property
    def asked(self) -> int:
        """How many requests have been due. Each was sent, had no node, or was dropped because the driver was late."""
        return self._asked + (self.stream.number if self.stream is not None else 0)

    def seen(self) -> Seen:
        """The figures of the last `span_s`, accurate to a tick."""
        return self._window.seen(self.nodes.pool.names, self.nodes.pool.in_flight)

    def take(self) -> None:
        """Counts the results since the last tick now."""
        now = clock()
        part = self.tally.take(now - self._ticked, self._lag.take() if self._lag else [])
        self._ticked = now
        self.newest = part
        self._window.add(part)
        if self.on_part is not None:
            self.on_part(part)

    def load(self, name: str) -> Load | None:
        """A node's recent load."""
        probe = self.nodes.probes.get(name)
        return None if probe is None else probe.load(clock(), statistic(self.settings.work))

    def _set(self, settings: Settings) -> None:
        self.settings, self._packed = settings, request(settings.work)
        self.nodes.limit(settings.timeout_s, settings.cap)

    @property
    def _cap(self) -> int:
        """The limit of requests in flight per node."""
        return min(self.settings.cap, self._limits.of_node or self.settings.cap)

    def _begin(self, at: float, seconds: float = math.inf) -> None:
        self._asked, self.stream = self.asked, Stream(self.settings, at, seconds)
        self._explained, self._spacing = 0, Spacing(self.settings.sample)
        self._turns = Turns(self.nodes.pool)
        self._forget_what_plays()
        if self._turning is not None:
            self._turning.cancel()
        self._turning = self._loop.call_soon(self._turn)

    def _forget_what_plays(self) -> None:
        if self._played is not None:
            self._played.cancel()
            self._played = None

    def _turn(self) -> None:
        """Sends what is due, and schedules itself for the next request."""
        stream = self.stream
        if stream is None:
            return
        now = clock()
        if stream.due < now - MOST_LATE_S:
            self.tally.late += stream.drop(now - MOST_LATE_S)
        self._send(stream, now)
        if stream.due == math.inf:
            if self._played is not None and not self._played.done():
                self._played.set_result(None)
            return
        wait_s = stream.due - GRAIN_S - clock()
        if wait_s <= 0:
            self._turning = self._loop.call_soon(self._turn)
        else:  # shorter waits would make a busy loop
            self._turning = self._loop.call_later(max(wait_s, GRAIN_S), self._turn)

    def _send(self, stream: Stream, now: float) -> None:
        """Sends at most AT_ONCE requests. A hot path: looks everything up once."""
        pool, lines, tally, packed = self.nodes.pool, self.nodes.lines, self.tally, self._packed
        in_flight, sent, refused = pool.in_flight, tally.counts[Count.SENT], tally.counts[Count.REFUSED]
        pick, ended = self._policy.pick, self._ended
        explained, number = self._explained, stream.number
        cap = self._cap
        room = math.inf if self._limits.requests is None else self._limits.requests - sum(in_flight)
        for due, key in stream.take(now + GRAIN_S, AT_ONCE):
            intended = due if due < now else now
            if not pool.ready or room <= 0:
                tally.homeless += 1
            elif number < explained:
                place = pick(key, now)
                sent[place] += 1
                if in_flight[place] < cap:
                    in_flight[place] += 1
                    room -= 1
                    lines[place].ask(packed, partial(ended, place, intended))
                else:
                    refused[place] += 1
            else:
                room -= self._explain(stream, Request(number, due - stream.begin, key), intended, now)
                explained = self._explained = self._spacing.after(number)
            number += 1

    def _explain(self, stream: Stream, request: Request, intended: float, now: float) -> bool:
        """Sends a request and stores its reasons. Returns whether it was sent."""
        pool, counts = self.nodes.pool, self.tally.counts
        could = candidates(self.nodes.guards)
        turns = self._turns.at(request.number)
        choice = self._policy.why(request.key, now)
        at = time.time() - (clock() - intended)
        every = self.settings.sample
        sample = self.samples.keep(Sample(stream.name, request, at, self.policy, choice, could, every, turns))
        place = choice.place
        counts[Count.SENT][place] += 1
        if pool.in_flight[place] >= self._cap:
            counts[Count.REFUSED][place] += 1
            self.samples.ended(sample, now - intended, Count.REFUSED)
            return False
        pool.in_flight[place] += 1
        sample.sent_s = clock() - intended
        self.nodes.lines[place].when_next(partial(_is_first, sample, intended))
        self.nodes.lines[place].ask(self._packed, partial(self._ended_sample, sample, intended))
        return True

    def _ended(self, place: int, intended: float, outcome: Outcome) -> None:
        """Handles the end of a request. The other hot path."""
        now, tally, in_flight = clock(), self.tally, self.nodes.pool.in_flight
        in_flight[place] -= 1
        latency = now - intended
        ok = outcome.__class__ is bytes  # an error has another class
        if ok:
            tally.counts[Count.ANSWERED][place] += 1
            tally.latencies[place].append(latency)
        else:
            tally.counts[counted(outcome)][place] += 1
        if self._hears:
            self._policy.answered(place, now, latency, ok=ok)
        self.nodes.guards.answered(place, now, ok=ok)
        if self._emptied is not None and not any(in_flight):
            self._emptied.set()

    def _ended_sample(self, sample: Sample, intended: float, outcome: Outcome) -> None:
        self.samples.ended(sample, clock() - intended, counted(outcome))
        self._ended(sample.choice.place, intended, outcome)

    def _tick(self) -> None:
        self._ticking = self._loop.call_later(TICK_S, self._tick)
        self.nodes.tick()
        self._leaning.tick(clock(), wanted=self.settings.weighed)
        self.take()
        if self._on_tick is not None:
            self._on_tick()


def _is_first(sample: Sample, intended: float) -> None:
    """Everything ahead of the request in line has ended."""
    sample.first_s = clock() - intended
