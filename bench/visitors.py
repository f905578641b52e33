"""One visitor requests 200 plans at once while another reads: `python -m bench.visitors` prints JSON lines.

A web process as in a deployment, on PostgreSQL; 100 nodes, 1,000,000 keys. The peer of the reader's figures is the same
reader alone, in the same run (bench.core).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from bench.core import line  # noqa: E402
from live.actor import Actor  # noqa: E402
from ringviz.services.clusters import create_cluster  # noqa: E402
from ringviz.services.keys import pattern_key_set  # noqa: E402
from tests import started  # noqa: E402
from tests.live import databases  # noqa: E402

NODES, KEYS, PLANS = 100, 1_000_000, 200
READS_S = 10.0
EVERY_S = 0.02
GIVEN_UP_S = 60.0
CROWD, CROWD_S = 10, 15.0
PAGE = "/clusters/bench/"
STATE = f"{PAGE}state"
_MAKER = Actor("bench", "seed", True)
_OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'bench'"


@dataclass
class Answers:
    """Status codes, and the milliseconds of every answer."""

    statuses: Counter[int] = field(default_factory=Counter)
    took_ms: list[float] = field(default_factory=list)

    def rate(self) -> float:
        """Successful answers per second for clients that ask again after each answer."""
        return max(1, self.statuses[200]) / sum(self.took_ms) * 1000

    def p(self, percent: int) -> float:
        """A percentile of the times."""
        return sorted(self.took_ms)[min(len(self.took_ms) - 1, len(self.took_ms) * percent // 100)]


class Visitor:
    """A client with one connection, behind a proxy that names it. It asks again after each answer."""

    def __init__(self, web: Path, address: str) -> None:
        self._web, self._address = web, address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, into: Answers) -> None:
        """One request. If no answer arrives within a minute, the status is 0."""
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(GIVEN_UP_S):
                status = await self._asked(path)
        except TimeoutError:
            status = 0
            self.leave()
        into.statuses[status] += 1
        into.took_ms.append((time.perf_counter() - begun) * 1000)

    async def _asked(self, path: str) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_unix_connection(str(self._web), limit=1 << 24)
        reader, writer = self._streams
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {self._address}\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        fields = dict(row.lower().split(b": ", 1) for row in answer.split(b"\r\n")[1:] if b": " in row)
        await reader.readexactly(int(fields[b"content-length"]))
        return int(answer.split(b" ", 2)[1])

    def leave(self) -> None:
        """Closes the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


@contextmanager
def deployment(**more: str) -> Iterator[tuple[started.Postgres, Path]]:
    """PostgreSQL with the cluster, and the socket of a web process."""
    with started.folder() as data, started.postgres() as server:
        server.execute("CREATE DATABASE bench")
        url = server.url("bench")
        os.environ["DATA_DIR"] = str(data)
        django.conf.settings.DATA_DIR = data
        with databases.connected_to(databases.postgresql(url)):
            databases.migrate()
            keys = pattern_key_set(pattern="user:{n}", count=KEYS)
            nodes = [{"name": f"app-{number:03}"} for number in range(1, NODES + 1)]
            create_cluster(actor=_MAKER, slug="bench", name="Bench", key_set=keys, nodes=nodes)  # type: ignore[arg-type]
        env = {
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            "DATABASE_URL": url,
            "DATA_DIR": str(data),
            "TRUSTED_PROXIES": "unix",
            **more,
        }
        with started.web("dashboard.asgi:application", env) as web:
            yield server, web


def plans() -> list[str]:
    """200 different plans: killing each node, and changing the weight of each."""
    kills = [f"{PAGE}plan?action=kill&node={node}" for node in range(1, NODES + 1)]
    return kills + [f"{PAGE}plan?action=reweight&node={node}&weight=2" for node in range(1, NODES + 1)]


@contextmanager
def counting(server: started.Postgres) -> Iterator[Callable[[], int]]:
    """How many connections the web process has open at each request; asks on a connection that is already open."""
    import psycopg

    with psycopg.connect(host=str(server.folder), user="postgres", dbname="postgres", autocommit=True) as client:
        yield lambda: int((client.execute(_OPEN).fetchone() or (0,))[0])


async def read(web: Path, until: asyncio.Event, into: Answers, address: str = "198.51.100.7") -> None:
    """The requests of a person who looks at the cluster: its state, a key, its page."""
    visitor, asked = Visitor(web, address), 0
    while not until.is_set():
        paths = (STATE, f"{PAGE}lookup?key=user:{asked}", PAGE)
        await visitor.get(paths[asked % 3], into)
        asked += 1
        await asyncio.sleep(EVERY_S)
    visitor.leave()


async def beside(web: Path, work: asyncio.Future[object]) -> Answers:
    """The answers that a reader gets until the work is done."""
    ended, answers = asyncio.Event(), Answers()
    work.add_done_callback(lambda _: ended.set())
    await asyncio.gather(work, read(web, ended, answers))
    return answers


async def ask_all(web: Path, paths: list[str], into: Answers) -> None:
    """Requests all of them at once, from one address."""
    visitors = [Visitor(web, "203.0.113.9") for _ in paths]
    await asyncio.gather(*(visitor.get(path, into) for visitor, path in zip(visitors, paths, strict=True)))
    for visitor in visitors:
        visitor.leave()


async def crowd(web: Path, into: Answers) -> None:
    """Ten clients that keep requesting the state."""
    ended = asyncio.Event()

    async def one(number: int) -> None:
        visitor = Visitor(web, f"192.0.2.{number}")
        while not ended.is_set():
            await visitor.get(STATE, into)
        visitor.leave()

    asyncio.get_running_loop().call_later(CROWD_S, ended.set)
    await asyncio.gather(*(one(number) for number in range(CROWD)))


async def measured(web: Path, count: Callable[[], int]) -> None:
    """Measures everything in one run."""
    await ask_all(web, [plans()[0], STATE, PAGE], Answers())  # warms up what is created once
    one = Answers()
    await ask_all(web, plans()[-1:], one)
    alone = await beside(web, asyncio.ensure_future(asyncio.sleep(READS_S)))
    begun, planned, most = time.perf_counter(), Answers(), 0
    reading = asyncio.create_task(beside(web, asyncio.ensure_future(ask_all(web, plans(), planned))))
    while not reading.done():
        most = max(most, await asyncio.to_thread(count))
        await asyncio.sleep(0.2)
    both, took_s = reading.result(), time.perf_counter() - begun
    many = Answers()
    await crowd(web, many)
    most = max(most, await asyncio.to_thread(count))
    note = f"{NODES} nodes, {KEYS:,} keys; plans {dict(planned.statuses)}, reader {dict(both.statuses)}"
    for percent, aim in ((50, ""), (99, "500 on a machine five times as fast")):
        name = f"a reader beside {PLANS} plans at once, p{percent}"
        print(line(name, both.p(percent), "ms", "the reader alone", alone.p(percent), aim, note))
    print(
        line(f"{PLANS} plans at once", took_s, "s", f"{PLANS} times one alone", PLANS * one.took_ms[0] / 1000, "", "")
    )
    note = f"{dict(many.statuses)}, p99 {many.p(99):.0f} ms"
    print(
        line(
            f"{CROWD} visitors who read the state",
            CROWD * many.rate(),
            "1/s",
            "the reader alone",
            alone.rate(),
            "",
            note,
        )
    )
    print(line("connections to PostgreSQL, most", most, "", "allowed there", 100, "", ""))


def main() -> None:
    with deployment() as (server, web), counting(server) as count:
        asyncio.run(measured(web, count))


if __name__ == "__main__":
    main()
