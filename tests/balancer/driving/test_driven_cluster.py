"""The supervisor's driver beside the real servers of a cluster, and `manage.py balance status` about it."""

import json
import os
import signal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from balancer.core.state import FIRST
from balancer.driving.topic import TOPIC
from balancer.selectors.state import state_of_stream
from balancer.services.traffic import set_traffic
from live.hints import next_frame
from ringviz.models import Cluster
from tests.processes import gone_within, processes_naming, until
from tests.ringviz.making import OPERATOR, make_cluster
from tests.supervised import SLUG

pytestmark = pytest.mark.installation(nodes=3, keys=300)
WITHIN_S = 90.0


def ask(**changes: Any) -> Any:
    traffic = {**FIRST, "rate": 400.0, "policy": "p2c", **changes}
    return set_traffic(slug=SLUG, actor=OPERATOR, version=None, wanted=traffic)  # type: ignore[arg-type]


def status(*arguments: str) -> Any:
    out = StringIO()
    call_command("balance", "status", "--cluster", SLUG, *arguments, stdout=out)
    return json.loads(out.getvalue()) if "--json" in arguments else out.getvalue()


def frame_where(real, condition) -> dict[str, Any]:
    stream_id = real.known().cluster.stream_id

    def heard() -> dict[str, Any] | None:
        frame = next_frame(stream_id, TOPIC, 2.0)
        return frame if frame is not None and condition(frame) else None

    return until(heard, deadline_s=WITHIN_S, what="such a frame") or {}


def drivers(real) -> list[int]:
    return [pid for pid, command in processes_naming(str(real.folder)).items() if "balance drive" in command]


def stands(real) -> list[tuple[int, str]]:
    told = [event.payload for event in real.events() if event.kind == "balancer_stood"]
    return [(one["node"], one["why"]["code"]) for one in told]


def ended(counts: dict[str, Any]) -> int:
    return int(counts["answered"] + counts["refused"] + sum(counts["errors"].values()) + counts["in_flight"])


def test_requests_are_driven_while_they_are_asked_for(real):
    """One story, because each process takes seconds to start: on, told, another policy, killed, started again, off."""
    ask(on=True)
    frame = frame_where(real, lambda one: one["on"] and all(share["answered"] for share in one["nodes"].values()))
    assert set(frame["nodes"]) == {"1", "2", "3"}
    assert all(counts["sent"] == ended(counts) > 0 for counts in frame["run"]["nodes"].values())
    told = status("--json")
    assert (told["policy"], told["driver"], told["note"]) == ("p2c", "p2c", None)
    assert all(node["answered"] > 0 and node["state"] == "up" for node in told["nodes"].values())
    assert told["total"]["p50_ms"] > 0
    assert "two choices" in status()

    assert frame["caps"] is None
    assert frame["steps"]["every_ms"] == 100
    assert {number: len(steps) for number, steps in frame["steps"]["in_flight"].items()} == {"1": 2, "2": 2, "3": 2}

    frame_where(real, lambda one: one["policies"][-1]["p99_ms"])  # its first second does not count
    event = ask(on=True, policy="bounded_ring")
    frame = frame_where(real, lambda one: one["v"] >= event.version and one["policies"][-1]["p99_ms"])
    assert [(one["policy"], one["same"]) for one in frame["policies"]] == [("p2c", True), ("bounded_ring", True)]
    assert all(0 < one["p99_ms"] < 1_000 and one["seconds"] <= 10 for one in frame["policies"])
    assert set(frame["caps"]) == {"1", "2", "3"}
    assert all(cap >= 1 for cap in frame["caps"].values())

    event = ask(on=True, policy="smooth_wrr", rate=300.0)
    frame = frame_where(real, lambda one: one["v"] >= event.version)
    assert frame["policy"] == "smooth_wrr"
    assert [one["policy"] for one in frame["policies"]] == ["smooth_wrr"], "it is another stream"

    (pid,) = drivers(real)
    os.kill(pid, signal.SIGKILL)
    assert gone_within(pid)
    (other,) = until(lambda: drivers(real), deadline_s=WITHIN_S, what="another driver")
    assert other != pid
    frame_where(real, lambda one: one["on"] and one["total"]["answered"])

    ask(on=False, policy="smooth_wrr")
    assert gone_within(other)
    told = status("--json")
    assert (told["on"], told["note"], told["total"]["sent"]) == (False, None, None)
    assert "no requests" in status()


def test_a_killed_node_gets_no_request_after_the_verdict_and_every_error_is_counted(real):
    ask(on=True)
    frame_where(real, lambda one: one["on"] and all(share["answered"] for share in one["nodes"].values()))
    os.kill(real.pid_of(2), signal.SIGKILL)
    verdict = real.event("node_killed")
    after = frame_where(real, lambda one: one["v"] >= verdict.version)["run"]
    assert after["nodes"]["1"]["answered"] > 0
    later = frame_where(real, lambda one: one["run"]["asked"] > after["asked"] + 400)["run"]
    assert later["nodes"]["2"]["sent"] == after["nodes"]["2"]["sent"]
    assert sum(later["nodes"]["2"]["errors"].values()) > 0
    lost = later["nodes"]["2"]
    assert lost["in_flight"] == 0
    assert all(counts["sent"] == ended(counts) for counts in later["nodes"].values())
    assert later["asked"] == sum(one["sent"] for one in later["nodes"].values()) + later["late"] + later["homeless"]
    # It may be ejected first, by its failures.
    until(lambda: (2, "convicted") in stands(real), what="an event that says so")
    until(lambda: status("--json")["nodes"]["cache-2"]["state"] == "gone", what="a status that knows it is gone")
    ask(on=False)
    assert state_of_stream(real.known().cluster.stream_id)["standings"] == {}


@pytest.mark.django_db
def test_a_status_without_a_driver_has_no_figures_and_says_why():
    make_cluster(kind=Cluster.Kind.MANAGED)
    set_traffic(slug="small", actor=OPERATOR, version=None, wanted={**FIRST, "on": True})
    out = StringIO()
    call_command("balance", "status", "--cluster", "small", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert "supervise" in told["note"]
    assert told["total"]["sent"] is None
    assert all(node["p99_ms"] is None for node in told["nodes"].values())
