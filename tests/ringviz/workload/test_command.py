"""`manage.py workload` beside real servers, a real database file and a real hint server."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from fleet import process
from fleet.process import Child
from live.channel import channel_name
from ringviz.core.state import Workload
from ringviz.models import Cluster
from ringviz.services.changing import change
from ringviz.services.served import set_workload
from ringviz.stores import passwords
from tests.clusters import PASSWORD
from tests.own_database import own_database
from tests.ringviz.making import OPERATOR, make_cluster
from tests.started import ROOT

READ_ONLY = Workload(on=True, rate=400, distribution="uniform", reads=1.0)
WITHIN_S = 30.0


@pytest.fixture
def data(django_db_blocker, settings, tmp_path, monkeypatch, hint_server) -> Iterator[Path]:
    """A data folder whose database this process uses too."""
    settings.DATA_DIR = tmp_path
    with django_db_blocker.unblock(), own_database(tmp_path) as url:
        monkeypatch.setenv("DATABASE_URL", url)  # for the commands that tests run
        yield tmp_path


def managed(cluster) -> Cluster:
    """A managed cluster whose three nodes are the test's servers, as a supervisor would have left it."""
    make_cluster(keys=300, kind="managed", memory=1 << 26, workload=READ_ONLY)
    row = Cluster.objects.get(slug="small")
    for node, server in zip(row.nodes.order_by("number"), cluster.servers, strict=True):
        node.address = f"127.0.0.1:{server.port}"
        node.save()
    passwords.keep(row.pk, PASSWORD)
    return row


@contextmanager
def running(data: Path, redis_url: str, *arguments: str) -> Iterator[Child]:
    env = {**os.environ, "DATA_DIR": str(data), "REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    child = process.start("workload", [sys.executable, "manage.py", "workload", *arguments], env=env, cwd=ROOT)
    try:
        yield child
    finally:
        child.kill()


class Watching:
    """The frames that reach the pages of a stream."""

    def __init__(self, redis_url: str, stream_id: int) -> None:
        self._stream_id = stream_id
        self._pubsub = Redis.from_url(redis_url).pubsub(ignore_subscribe_messages=True)
        self._pubsub.subscribe(channel_name())

    def until(self, condition) -> dict[str, Any]:
        """The next frame that meets the condition."""
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline:
            heard = self._pubsub.get_message(timeout=1)
            match json.loads(heard["data"]) if heard else None:
                case ["frame", self._stream_id, "traffic", frame] if condition(frame):
                    return dict(frame)
        raise AssertionError("no such frame")


def a_second(frame: dict[str, Any]) -> float:
    return float(frame["ops"] * 1000 / frame["window_ms"])


def test_it_follows_the_settings_of_the_cluster_and_ends_at_once(cluster, data, hint_server):
    row = managed(cluster)
    watching = Watching(hint_server.url, row.stream_id)
    with running(data, hint_server.url, "small") as child:
        assert watching.until(lambda frame: frame["ops"] > 0)["hit"] is not None
        full = watching.until(lambda frame: frame["hit"] == 1.0 and set(frame["by_node"]) == {"1", "2", "3"})
        assert full["errors"] == 0
        change(
            slug="small", actor=OPERATOR, version=None, decision=set_workload({**READ_ONLY, "rate": 1500, "reads": 0.5})
        )
        faster = watching.until(lambda frame: a_second(frame) > 1200)
        assert faster["writes"] > 0
        change(slug="small", actor=OPERATOR, version=None, decision=set_workload({**READ_ONLY, "on": False}))
        watching.until(lambda frame: frame["ops"] == 0 and frame["clients"] == 0)
        change(slug="small", actor=OPERATOR, version=None, decision=set_workload(READ_ONLY))
        watching.until(lambda frame: frame["ops"] > 0 and cluster.stored() == 300)
        child.signal(signal.SIGTERM)
        assert child.wait(WITHIN_S) == 0
        watching.until(lambda frame: frame["ops"] == 0 and frame["clients"] == 0)


def test_it_waits_for_a_cluster_that_is_not_formed_yet(cluster, data, hint_server):
    row = managed(cluster)
    password = data / "clusters" / str(row.pk) / "password"
    password.rename(password.with_name("later"))
    watching = Watching(hint_server.url, row.stream_id)
    with running(data, hint_server.url, "small", "--rate", "300", "--reads", "0", "--distribution", "uniform"):
        # It may or may not have read its settings by now: either way it must find the password by itself.
        password.with_name("later").rename(password)
        assert watching.until(lambda frame: frame["ops"] > 0)["reads"] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "nowhere"),
        (("small", "--rate", "0"), "rate"),
        (("small", "--rate", "20001"), "rate"),
        (("small", "--rate", "5", "--reads", "1.5"), "reads"),
        (("small", "--rate", "5", "--distribution", "normal"), "normal"),
    ],
)
def test_what_cannot_be_run_is_refused(data, arguments, words):
    env = {**os.environ, "DATA_DIR": str(data), "REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    command = [sys.executable, "manage.py", "workload", *arguments]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
