"""How live the locks are: `python -m bench.locks_live` prints JSON lines (bench.core).

A watcher process watches a real server with a million keys that have a TTL; a client takes locks there. A change counts
as shown when its frame reaches a subscriber of our own Redis. Every web process is one.
"""

import json
import os
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from redis import Redis  # noqa: E402

from bench.core import line  # noqa: E402
from fleet import process  # noqa: E402
from live.channel import channel_name  # noqa: E402
from locks.stores.table import status  # noqa: E402
from tests import started  # noqa: E402
from tests.own_database import connected, made_database  # noqa: E402

KEYS = 1_000_000
LOCKS = 10_000
CHANGES = 100
EXPIRIES = 40
EXPIRES_MS = 300
REST_S = 12.0
EVENTS_WITHIN_S = 5.0
NOTIFY = ("--notify-keyspace-events", "Kg$xhlz")
_FILL = """
for i = ARGV[1], ARGV[2] do
  local value = ARGV[4] == '' and redis.sha1hex(ARGV[3] .. i):sub(1, 32) or ARGV[4]
  redis.call('SET', ARGV[3] .. i, value, 'EX', 100000 + i % 9999)
end
"""


@dataclass
class Bench:
    """A watched server, and the frames of its source."""

    client: Redis
    frames: Any
    stream_id: int
    child: process.Child

    def frame(self, what: Callable[[dict[str, Any]], bool]) -> float:
        """The moment at which a frame arrives for which `what` is true."""
        deadline = time.perf_counter() + 60
        while time.perf_counter() < deadline:
            message = self.frames.get_message(timeout=1)
            if message is None or message["type"] != "message":
                continue
            at = time.perf_counter()
            kind, stream_id, *rest = json.loads(message["data"])
            if kind == "frame" and stream_id == self.stream_id and rest[0] == "locks" and what(rest[1]):
                return at
        raise AssertionError("no such frame")


@contextmanager
def watched() -> Iterator[Bench]:
    """A watcher that has searched a million keys."""
    with (
        started.folder() as folder,
        started.valkey() as own,
        started.valkey(*NOTIFY) as other,
        made_database(folder) as url,
        connected(url),
    ):
        settings.REDIS_URL = own.url
        client = Redis(unix_socket_path=str(other.path), socket_timeout=60)
        for start in range(0, KEYS, 50_000):
            client.eval(_FILL, 0, start + 1, start + 50_000, "user:session:", "a value of nobody's")
        frames: Any = Redis.from_url(own.url, socket_timeout=60).pubsub()  # type: ignore[no-untyped-call]
        frames.subscribe(channel_name())
        environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "REDIS_URL": own.url,
            "LOCK_SOURCES": f"jobs={other.url}",
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        }
        argv = [sys.executable, str(Path(started.ROOT) / "manage.py"), "watch"]
        child = process.start("watch", argv, env=environment, cwd=started.ROOT)
        try:
            while (told := status("jobs")) is None or told["state"] != "watching":
                time.sleep(0.05)
            from locks.models import LockSource

            yield Bench(client, frames, LockSource.objects.get(slug="jobs").stream_id, child)
        finally:
            child.end(grace_s=10)


def changes(bench: Bench) -> list[float]:
    """Milliseconds from the reply to the client that took a lock to the frame that counts it."""
    took = []
    for number in range(CHANGES):
        time.sleep(random.uniform(0.05, 0.3))
        held = f"bench:{number}"
        before = bench.client.set(held, uuid.uuid1().hex, px=3_600_000)
        assert before
        begun = time.perf_counter()
        count = number + 1
        shown = bench.frame(lambda frame: frame["counts"]["held"] % LOCKS == count)  # noqa: B023  called at once
        took.append((shown - begun) * 1000)
    bench.client.delete(*(f"bench:{number}" for number in range(CHANGES)))
    bench.frame(lambda frame: frame["counts"]["held"] % LOCKS == 0)
    return took


def expiries(bench: Bench) -> list[float]:
    """Milliseconds from a lock's deadline to the first frame without it."""
    late = []
    for number in range(EXPIRIES):
        begun = time.perf_counter()
        bench.client.set(f"short:{number}", uuid.uuid1().hex, px=EXPIRES_MS)
        # The server starts counting somewhere between the two moments.
        deadline = (begun + time.perf_counter()) / 2 + EXPIRES_MS / 1000
        bench.frame(lambda frame: frame["counts"]["held"] == 1)
        late.append((bench.frame(lambda frame: frame["counts"]["held"] == 0) - deadline) * 1000)
        time.sleep(random.uniform(0.01, 0.1))
    return late


def at_rest() -> float:
    """Commands per second that the watcher sends, a mean over ten seconds, as it reports them."""
    time.sleep(REST_S)
    told = status("jobs")
    assert told is not None
    return told["cost"]["calls_s"]


def own_events(server: Redis) -> tuple[list[float], int]:
    """Milliseconds from a deadline to the server's own event, for those that arrive within EVENTS_WITHIN_S, and how
    many do not. No client asks for the keys meanwhile, because that would make them expire.
    """
    events: Any = server.pubsub()  # type: ignore[no-untyped-call]
    events.psubscribe("__keyspace@0__:peer:*")
    deadlines = {}
    for number in range(EXPIRIES):
        server.set(f"peer:{number}", "x", px=EXPIRES_MS)
        deadlines[f"__keyspace@0__:peer:{number}".encode()] = time.perf_counter() + EXPIRES_MS / 1000
    late: list[float] = []
    until = time.perf_counter() + EVENTS_WITHIN_S
    while time.perf_counter() < until and len(late) < EXPIRIES:
        message = events.get_message(timeout=0.1)
        if message and message["type"] == "pmessage" and message["data"] == b"expired":
            late.append((time.perf_counter() - deadlines[message["channel"]]) * 1000)
    return late, EXPIRIES - len(late)


def plain_publish(bench: Bench, own: Redis) -> float:
    """The median of milliseconds from PUBLISH to its subscriber, in this process."""
    took = []
    for _ in range(CHANGES):
        begun = time.perf_counter()
        own.publish(channel_name(), json.dumps(["frame", 0, "bench", {}]))
        while bench.frames.get_message(timeout=1) is None:
            pass
        took.append((time.perf_counter() - begun) * 1000)
    return median(took)


def plain_scan(client: Redis) -> float:
    """Milliseconds that a SCAN over everything takes, a thousand keys at a time."""
    begun = time.perf_counter()
    for _key in client.scan_iter(count=1_000):
        pass
    return (time.perf_counter() - begun) * 1000


def both(name: str, values: list[float], peer: str, peer_ms: float, aim: str, note: str = "") -> None:
    """Median and 99th percentile."""
    values.sort()
    print(line(f"{name}, p50", median(values), "ms", peer, peer_ms, "", note))
    print(line(f"{name}, p99", values[int(len(values) * 0.99)], "ms", peer, peer_ms, aim, note))


def main() -> None:
    with watched() as bench:
        took_ms = (status("jobs") or {"took_ms": 0})["took_ms"] or 0
        own = Redis.from_url(settings.REDIS_URL, socket_timeout=60)
        print(
            line(
                "first search of 1,000,000 keys by the watcher",
                took_ms,
                "ms",
                "SCAN",
                plain_scan(bench.client),
                "3000",
                "",
            )
        )
        late = expiries(bench)
        publishing = plain_publish(bench, own)
        few = changes(bench)
        bench.client.eval(_FILL, 0, 1, LOCKS, "lock:", "")
        bench.frame(lambda frame: frame["counts"]["held"] == LOCKS)
        many = changes(bench)
        commands = at_rest()
        bench.child.end(grace_s=10)
        events, missing = own_events(bench.client)
        note = f"of {EXPIRIES} events {missing} did not come within {EVENTS_WITHIN_S:g} s"
        peer_ms = median([*events, *[EVENTS_WITHIN_S * 1000] * missing])
        both("expiry to frame, beside 1,000,000 keys with TTL", late, "expired event", peer_ms, "50 p99", note)
        both("change to frame, few locks", few, "PUBLISH", publishing, "100 p99")
        both(f"change to frame, {LOCKS:,} locks", many, "PUBLISH", publishing, "100 p99")
        print(line(f"commands a second at rest, {LOCKS:,} locks", commands, "1/s", "one a lock", LOCKS, "", ""))


if __name__ == "__main__":
    main()
