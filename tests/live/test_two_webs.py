"""Proof 4: two web processes, 20 pages of which half come and go, 200 changes by four processes, the hint server killed
for 3 s. Everybody ends in the same state, and nobody ever sees a gap."""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest

from tests import servers
from tests.live.app import apply, state_of
from tests.live.clients import Client, all_follow, fresh
from tests.live.pages import in_thread

WRITERS, CHANGES_EACH, PAGES = 4, 50, 20
HINT_SERVER_DEAD_S = 3.0
SEED = 20260525
WITHIN_S = 60.0
PATH = "/ws/counters/"

pytestmark = pytest.mark.long


@asynccontextmanager
async def writers(stream_id: int, env: dict[str, str]) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """The writer processes, each ready and waiting for its line."""
    processes: list[asyncio.subprocess.Process] = []
    try:
        for number in range(WRITERS):
            arguments = ["-m", "tests.live.writer", str(stream_id), f"w{number}", str(CHANGES_EACH), str(SEED + number)]
            processes.append(
                await asyncio.create_subprocess_exec(
                    sys.executable,
                    *arguments,
                    cwd=servers.ROOT,
                    env={**os.environ, **env},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
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


async def kill_hint_server(hint_server: servers.Valkey, stream_id: int) -> None:
    """Dead for 3 s while they write."""
    while (await in_thread(lambda: len(state_of(stream_id)))) == 0:  # noqa: ASYNC110  nothing announces it
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.0)
    hint_server.kill()
    try:
        await asyncio.sleep(HINT_SERVER_DEAD_S)
    finally:
        hint_server.start()


async def test_two_webs_end_in_one_state_without_a_gap(database, stream, hint_server, tmp_path):
    env = {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "DATABASE_URL": database,
        "REDIS_URL": hint_server.url,
        "DATA_DIR": str(tmp_path),
    }
    changes = WRITERS * CHANGES_EACH
    with ExitStack() as stack:
        webs = [stack.enter_context(servers.web("tests.live.app:application", env)) for _ in range(2)]
        clients = [Client(webs, PATH, fold, random.Random(SEED + n)) for n in range(PAGES)]
        async with asyncio.timeout(WITHIN_S), writers(stream.pk, env) as processes:
            following = asyncio.create_task(all_follow(clients, changes))
            for process in processes:
                assert process.stdin is not None
                process.stdin.write(b"go\n")
            await kill_hint_server(hint_server, stream.pk)
            assert [await line(process) for process in processes] == [str(CHANGES_EACH)] * WRITERS
            await following
        truth = await in_thread(state_of, stream.pk)
        assert truth == {f"w{number}": CHANGES_EACH for number in range(WRITERS)}
        for web in webs:
            snapshot = await fresh(web, PATH)
            assert (snapshot["v"], snapshot["state"]) == (changes, truth)
    assert [client.lost for client in clients] == [[]] * PAGES
    assert [client.state for client in clients] == [truth] * PAGES
    assert [client.snapshots for client in clients] == [1] * PAGES  # the first; coming back never needed another
    assert all(client.connections > 1 for client in clients[1::2])


def fold(state: dict[str, int], event: dict[str, Any]) -> dict[str, int]:
    return apply(state, event["payload"])
