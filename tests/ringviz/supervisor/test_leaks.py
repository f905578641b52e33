"""A supervisor that keeps adding and removing nodes leaks nothing: descriptors, threads, memory, directories.

It counts LEAK_CYCLES (24) cycles, after a few that warm up.
"""

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from ringviz.stores import passwords
from tests.processes import until

CYCLES = int(os.environ.get("LEAK_CYCLES", "24"))
WARM_UP = 6
SLACK = 8  # descriptors and threads: one more connection if two ask at once
SLACK_KIB = 4_096  # the allocator gives memory back when it likes
A_CYCLE_KIB = 16

pytestmark = [pytest.mark.long, pytest.mark.no_cover, pytest.mark.installation(nodes=2, keys=200, vnodes=4)]


class Footprint(NamedTuple):
    """What a supervisor holds."""

    descriptors: int
    threads: int
    kib: int
    directories: int


def footprint(real):
    process = Path(f"/proc/{real.supervisor.pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    root = passwords.folder(real.known().cluster.pk)
    return Footprint(
        descriptors=len(os.listdir(process / "fd")),
        threads=int(status["Threads"]),
        kib=int(status["VmRSS"].split()[0]),
        directories=sum(path.is_dir() for path in root.iterdir()),
    )


@pytest.fixture(autouse=True)
def many_starts(monkeypatch):
    monkeypatch.setenv("SERVER_STARTS_A_MINUTE", "1000")  # the cap is tested elsewhere


def cycle(real, name):
    real.act("add", name=name, weight=1)
    added = real.rest()["nodes"][-1]
    real.act("remove", node=added["number"])
    real.rest()


@pytest.mark.parametrize(
    "replicas", [0, pytest.param(1, marks=pytest.mark.installation(nodes=2, keys=200, replicas=1))]
)
def test_adding_and_removing_holds_no_more(real, replicas):
    for number in range(WARM_UP):
        cycle(real, f"warm-{number}")
    until(lambda: footprint(real).directories == 2 * (1 + replicas), what="a directory for each server")
    before = footprint(real)
    for number in range(CYCLES):
        cycle(real, f"node-{number}")
    after = footprint(real)
    print(f"\n{CYCLES} cycles, {replicas} replicas: {before} before, {after} after")  # noqa: T201  the figures
    assert after.descriptors <= before.descriptors + SLACK
    assert after.threads <= before.threads + SLACK
    until(lambda: footprint(real).directories == before.directories, what=f"{before.directories} directories")
    assert "Traceback" not in real.log(), "what was left was asked by nobody"
    assert after.kib <= before.kib + SLACK_KIB + A_CYCLE_KIB * CYCLES
