"""One visitor requests everything at once: the web process still serves others, and uses few connections."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from live.actor import Actor
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import pattern_key_set
from tests import started
from tests.live.pages import in_thread

PLANS = 60
CONNECTIONS = 4
WITHIN_S = 120
_OPEN = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'web'"


def make_cluster() -> None:
    maker = Actor("maker", "seed", True)
    keys = pattern_key_set(pattern="user:{n}", count=20_000)
    nodes = [{"name": f"n{number}"} for number in range(1, PLANS + 1)]
    create_cluster(actor=maker, slug="many", name="Many", key_set=keys, nodes=nodes)  # type: ignore[arg-type]


@pytest.fixture
async def web(database, hint_server, tmp_path) -> AsyncIterator[Path]:
    await in_thread(make_cluster)
    env = {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "DATABASE_URL": f"{database}?application_name=web" if database.startswith("postgresql") else database,
        "REDIS_URL": hint_server.url,
        "DATA_DIR": str(tmp_path),
        "WEB_CONNECTIONS": str(CONNECTIONS),
        "TRUSTED_PROXIES": "unix",
    }
    with started.web("dashboard.asgi:application", env) as path:
        yield path


async def get(web: Path, path: str, address: str) -> int:
    """Sends a request as a visitor behind a proxy. Returns the status of the answer."""
    reader, writer = await asyncio.open_unix_connection(str(web))
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {address}\r\nConnection: close\r\n\r\n".encode()
    )
    answer = await reader.read()
    writer.close()
    return int(answer.split(b" ", 2)[1])


async def most_connections(database: str, done: asyncio.Event) -> int:
    """How many connections PostgreSQL has from the web process."""
    most = 0
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as client:
        while not done.is_set():
            row = await (await client.execute(_OPEN)).fetchone()
            most = max(most, row[0] if row else 0)
            await asyncio.sleep(0.02)
    return most


@pytest.mark.no_cover  # the test concerns another process
async def test_one_visitor_stalls_no_other_and_few_connections_are_open(database, web):
    plans = [f"/clusters/many/plan?action=kill&node={number}" for number in range(1, PLANS + 1)]
    done = asyncio.Event()
    async with asyncio.timeout(WITHIN_S):
        assert await get(web, plans[0], "203.0.113.9") == 200  # creates what is created only once
        counting = asyncio.create_task(most_connections(database, done)) if "postgresql" in database else None
        asking = [asyncio.create_task(get(web, plan, "203.0.113.9")) for plan in plans]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        for address in ("198.51.100.1", "198.51.100.2"):
            read = [await get(web, f"/clusters/many/{what}", address) for what in ("state", "", "lookup?key=a")]
            assert read == [200] * 3
            assert await get(web, "/clusters/many/plan?action=drain&node=1", address) == 200
        assert not all(plan.done() for plan in asking), "others wait until one visitor has all of his"
        assert set(await asyncio.gather(*asking)) <= {200, 503}
        done.set()
        if counting is not None:
            assert 0 < await counting <= CONNECTIONS


@pytest.mark.no_cover
async def test_a_class_behind_one_address_is_served(web):
    states = [get(web, "/clusters/many/state", "203.0.113.9") for _ in range(150)]
    async with asyncio.timeout(WITHIN_S):
        assert set(await asyncio.gather(*states)) == {200}
