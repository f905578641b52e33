"""Everything together: two web processes, 20 pages, half of which come and go, 200 changes by four operators, each in a
process of its own, and a hint server that is dead for 3 s. All end in the same state, and nobody ever sees a gap."""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest

from live.actor import Actor
from live.past import fold as parts_after
from live.reading import head
from ringviz.models import Cluster
from ringviz.selectors.clusters import known
from ringviz.services.clusters import NewNode, create_cluster
from ringviz.services.keys import pattern_key_set
from tests import started
from tests.live.clients import Client, all_follow, fresh
from tests.live.pages import in_thread

OPERATORS, NODES_EACH, PAGES = 4, 3, 20
HINT_SERVER_DEAD_S = 3.0
SEED = 20260525
WITHIN_S = 120.0
SLUG = "proof"
PATH = f"/ws/clusters/{SLUG}/"


def make_cluster() -> int:
    """A cluster with as many nodes as the operators need. Returns its stream."""
    maker = Actor("maker", "seed", True)
    nodes: list[NewNode] = [{"name": f"cache-{n}"} for n in range(1, OPERATORS * NODES_EACH + 1)]
    key_set = pattern_key_set(pattern="user:{n}", count=5_000)
    create_cluster(actor=maker, slug=SLUG, name="Proof", key_set=key_set, nodes=nodes, vnodes=40, copies=2)
    return Cluster.objects.values_list("stream_id", flat=True).get(slug=SLUG)


@asynccontextmanager
async def operators(env: dict[str, str], changes_each: int) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """The operators' processes, each ready and waiting for its line."""
    processes: list[asyncio.subprocess.Process] = []
    try:
        for number in range(OPERATORS):
            first = number * NODES_EACH + 1
            nodes = ",".join(str(first + n) for n in range(NODES_EACH))
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.live.writer", SLUG, nodes, str(changes_each), str(SEED + number)),
                cwd=started.ROOT,
                env={**os.environ, **env},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            processes.append(process)
        for process in processes:
            assert await line(process) == "ready"
        yield processes
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


async def kill_hint_server(hint_server: started.Valkey, stream_id: int, from_version: int) -> None:
    """Kills the hint server for 3 s while they write."""
    while (await in_thread(head, stream_id)).version < from_version:  # noqa: ASYNC110  nothing announces it
        await asyncio.sleep(0.05)
    hint_server.kill()
    try:
        await asyncio.sleep(HINT_SERVER_DEAD_S)
    finally:
        hint_server.start()


def fold(state: Any, event: dict[str, Any]) -> Any:
    return parts_after(state, event["kind"], event["payload"])


@pytest.mark.no_cover  # the test concerns other processes
@pytest.mark.parametrize("changes_each", [20, pytest.param(120, marks=pytest.mark.long)])
async def test_two_webs_end_in_one_state_without_a_gap(database, hint_server, tmp_path, changes_each: int):
    env = {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "DATABASE_URL": database,
        "REDIS_URL": hint_server.url,
        "DATA_DIR": str(tmp_path),
    }
    stream_id = await in_thread(make_cluster)
    last = 1 + OPERATORS * changes_each
    with ExitStack() as stack:
        webs = [stack.enter_context(started.web("dashboard.asgi:application", env)) for _ in range(2)]
        clients = [Client(webs, PATH, fold, random.Random(SEED + n)) for n in range(PAGES)]
        async with asyncio.timeout(WITHIN_S), operators(env, changes_each) as processes:
            following = asyncio.create_task(all_follow(clients, last))
            for process in processes:
                assert process.stdin is not None
                process.stdin.write(b"go\n")
            await kill_hint_server(hint_server, stream_id, from_version=last // 5)
            assert [await line(process) for process in processes] == [str(changes_each)] * OPERATORS
            await following
        truth = await in_thread(known, SLUG)
        assert truth.v == last
        for web in webs:
            snapshot = await fresh(web, PATH)
            assert (snapshot["v"], snapshot["parts"]) == (last, {"ring": truth.state})
    assert [client.lost for client in clients] == [[]] * PAGES
    assert all(client.state == {"ring": truth.state} for client in clients)
    assert [client.snapshots for client in clients] == [1] * PAGES  # the first one; no reconnection needed another
    assert all(client.connections > 1 for client in clients[1::2])
