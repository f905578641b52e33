"""`manage.py balance proxy` before the real servers of a cluster, and the commands that talk to it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from balancer.proxy.process import program
from fleet import process
from tests import started
from tests.processes import children_of, gone_within, until
from tests.ringviz.making import make_cluster
from tests.supervised import SLUG

WITHIN_S = 90.0

pytestmark = [
    pytest.mark.installation(nodes=3, keys=300),
    pytest.mark.skipif(program() is None, reason="HAProxy is not installed; `make setup` installs it on Debian"),
]


@contextmanager
def proxying(real: Any, *options: str) -> Iterator[process.Child]:
    """`manage.py balance proxy` of the cluster, once it takes connections."""
    argv = [sys.executable, str(started.ROOT / "manage.py"), "balance", "proxy", "--cluster", SLUG, *options]
    read_end, write_end = os.pipe()
    with os.fdopen(read_end) as told, os.fdopen(write_end, "wb") as out:
        env = {**real.environment(), "PYTHONUNBUFFERED": "1"}
        child = process.start("proxy", argv, env=env, cwd=started.ROOT, stdout=out, stderr=subprocess.STDOUT)
        out.close()
        try:
            line = told.readline()
            assert "HAProxy is listening for real at 127.0.0.1:" in line, line
            yield child
        finally:
            child.kill()


def balance(name: str, *arguments: str) -> Any:
    out = StringIO()
    call_command("balance", name, *arguments, "--cluster", SLUG, stdout=out)
    return json.loads(out.getvalue()) if "--json" in arguments else out.getvalue()


def status() -> dict[str, Any]:
    return dict(balance("proxy-status", "--json"))


def nodes(**wanted: Any) -> Any:
    """Whether every node's row has these values; a row of None has none."""
    found = status()["nodes"]
    return found and all(
        row is not None and row[field] == value for row in found.values() for field, value in wanted.items()
    )


def told(name: str, field: str) -> Any:
    row = status()["nodes"][name]
    return row and row[field]


def test_a_proxy_follows_its_cluster_and_is_told_by_commands_with_undo(real):
    """One story, because each start of a process takes seconds."""
    assert "manage.py balance proxy --cluster real" in balance("proxy-status")
    with pytest.raises(CommandError, match="No proxy is running"):
        balance("proxy-set", "leastconn")
    with proxying(real, "--check-every-ms", "300", "--slots", "5") as child:
        until(lambda: nodes(status="UP", weight=100), deadline_s=WITHIN_S, what="three nodes that are up")
        assert [row["slot"] for row in status()["nodes"].values()] == [1, 2, 3]

        assert balance("proxy-set", "leastconn", "--weight", "cache-2=10", "--state", "cache-1=drain", "--json") == {
            "cluster": SLUG,
            "done": ["leastconn", "cache-2=10", "cache-1=drain"],
        }
        assert (status()["algorithm"], told("cache-2", "weight"), told("cache-1", "status")) == (
            "leastconn",
            10,
            "DRAIN",
        )
        assert "cache-1=drain" in balance("proxy-set", "--undo")
        assert told("cache-1", "status").startswith("UP")
        assert balance("proxy-set", "--undo", "--json") == {"cluster": SLUG, "undone": "cache-2=10"}
        assert balance("proxy-set", "--undo", "--json")["undone"] == "leastconn"
        assert (status()["algorithm"], told("cache-2", "weight")) == ("roundrobin", 100)
        with pytest.raises(CommandError, match="nothing to undo"):
            balance("proxy-set", "--undo")
        for wrong, words in (
            (["best"], "there is no algorithm 'best'"),
            (["--weight", "cache-9=1"], "the proxy has no node 'cache-9'; its nodes are: cache-1, cache-2, cache-3"),
            (["--weight", "cache-1=-1"], "not a valid weight"),
            (["--weight", "cache-1=300"], "HAProxy refused: .*256"),
            (["--state", "cache-1=off"], "'off' is not a state"),
            ([], "give a setting to change"),
            (["first", "--undo"], "give a setting to change"),
        ):
            with pytest.raises(CommandError, match=words):
                balance("proxy-set", *wrong)
        with pytest.raises(CommandError, match="already running"):
            balance("proxy")

        os.kill(real.pid_of(2), signal.SIGKILL)
        until(lambda: status()["nodes"]["cache-2"] is None, deadline_s=WITHIN_S, what="a proxy without the dead node")
        real.act("revive", node="2")
        until(lambda: nodes(status="UP", weight=100), deadline_s=WITHIN_S, what="a proxy with the node that is back")
        assert told("cache-2", "slot") == 2
        assert "cache-2" in balance("proxy-status")

        (haproxy,) = [pid for pid, command in children_of(child.pid).items() if "haproxy" in command]
        child.signal(signal.SIGINT)
        assert child.wait(WITHIN_S) == 0
        assert gone_within(haproxy)
    assert status() == {"cluster": SLUG, "address": None, "algorithm": None, "nodes": {}}


def test_what_runs_a_proxy_takes_it_along_when_it_is_killed_and_tells_when_it_dies(real):
    with proxying(real) as child:
        (haproxy,) = [pid for pid, command in children_of(child.pid).items() if "haproxy" in command]
        os.kill(child.pid, signal.SIGKILL)
        assert gone_within(haproxy)
    with proxying(real) as child:
        (haproxy,) = [pid for pid, command in children_of(child.pid).items() if "haproxy" in command]
        os.kill(haproxy, signal.SIGKILL)
        assert child.wait(WITHIN_S) == 2


def test_a_comparison_says_that_each_request_has_a_connection(real):
    told = balance(
        "proxy-compare",
        *(
            "--policies",
            "round_robin",
            "--algorithms",
            "roundrobin,source",
            "--rate",
            "100",
            "--seconds",
            "1",
            "--json",
        ),
    )
    assert "one connection per request on both sides" in told["note"]
    assert [(run["by"], run["name"]) for run in told["runs"]] == [
        ("ringviz", "round_robin"),
        ("haproxy", "roundrobin"),
        ("haproxy", "source"),
    ]
    for run in told["runs"]:
        assert run["answered"] == run["sent"] == sum(run["given"].values()) > 50
        assert run["lag_p99_ms"] is not None
    assert sorted(told["runs"][2]["given"].values())[:2] == [0, 0]  # every connection comes from one address
    text = balance("proxy-compare", "--policies", "p2c", "--algorithms", "first", "--rate", "50", "--seconds", "1")
    assert "two choices" in text
    assert "because HAProxy balances connections" in text


@pytest.mark.django_db
def test_a_cluster_without_servers_has_nothing_to_compare():
    make_cluster()
    with pytest.raises(CommandError, match="small has no node that is serving"):
        call_command("balance", "proxy-compare", "--cluster", "small", stdout=StringIO())
