"""`make soak`: the same for minutes, in an order that a seed makes, then what loses keys by design, then faults of
clusters with replicas, which lose nothing while a full copy is left, and tell exactly what they lose.

SOAK_SECONDS (600) is the time of all three together, SOAK_SEED repeats an order, SOAK_HELD_S (60) is for how long the
database is held. With SOAK_FAULTS only those faults happen whose names have one of these words, separated by commas.
"""

import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from ringviz.stores import passwords
from tests.consistency.faulting import Faulting
from tests.consistency.shaking import Breaking, Shaking, TooLate, missing, shaken
from tests.consistency.test_supervised import KEYS
from tests.faults import small_disk
from tests.installations import opened, premises
from tests.processes import until
from tests.supervised import Installation

pytestmark = [pytest.mark.soak, pytest.mark.installation(nodes=5)]

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))
SEED = int(os.environ.get("SOAK_SEED") or time.time())
HELD_S = float(os.environ.get("SOAK_HELD_S", "60"))
ONLY = [word for word in os.environ.get("SOAK_FAULTS", "").split(",") if word]
MEBIBYTES = 256
FAULTED_KEYS = 1_000
ROUND_S = 20.0  # of a history that is judged together


@pytest.fixture(autouse=True)
def many_starts(monkeypatch):
    monkeypatch.setenv("SERVER_STARTS_A_MINUTE", "1000")  # the cap is tested elsewhere


def say(text: str) -> None:
    """At once, where pytest captures nothing (-s): a soak that fails is repeated by its seed."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def begin() -> float:
    """When this third ends."""
    say(f"\nsoak: SOAK_SEED={SEED} SOAK_SECONDS={SECONDS:.0f}")
    return time.monotonic() + SECONDS / 3


def on_ring(real: Installation) -> int:
    return sum(node["state"] not in ("down", "draining") for node in real.state()["nodes"])


def test_nothing_is_lost_in_any_order(real):
    deadline, operations, rng = begin(), 0, random.Random(SEED)
    shaking = Shaking(real, rng)
    while (left := deadline - time.monotonic()) > 0:
        try:
            report = shaken(real, 1, rng.randrange(10**6), partial(shaking.randomly, min(ROUND_S, left)))
        except TooLate as late:
            say(f"soak: a round says nothing: {late}")
            real.rest()
            continue
        operations += report.operations
        assert report.faults == [], f"{report.summary()} after {shaking.done}"
        assert sum(real.equal().values()) == KEYS
        assert missing(real) == []
    kinds = Counter(done.split()[0] for done in shaking.done)
    say(f"soak: {operations} operations during {dict(kinds)}: no fault")
    assert operations > 0


def test_every_death_is_made_good_in_any_order(real):
    deadline, breaking = begin(), Breaking(real, random.Random(SEED))
    while time.monotonic() < deadline:
        breaking.one()
        assert sum(real.equal().values()) == KEYS, breaking.done
        until(lambda: missing(real) == [], what=f"every key readable after {breaking.done}")
        # An empty server is told to exit once its removal is recorded.
        until(lambda: len(real.server_pids()) == on_ring(real), what=f"{on_ring(real)} servers after {breaking.done}")
    say(f"soak: {dict(Counter(done.rstrip(' 0123456789') for done in breaking.done))}: all keys back each time")


@pytest.fixture
def disk(tmp_path) -> Iterator[Path | None]:
    """A small file system for all of an installation; None where none can be mounted, and no disk can be full."""
    with ExitStack() as stack:
        try:
            yield stack.enter_context(small_disk(tmp_path / "disk", MEBIBYTES))
        except pytest.skip.Exception as why:
            say(f"soak: {why}")
            yield None


@pytest.fixture
def with_replicas(disk, django_db_blocker, settings, monkeypatch) -> Iterator[Installation]:
    """An installation on it, with a cluster of four nodes and a replica each."""
    if disk is not None:
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
    with django_db_blocker.unblock(), premises() as ours, opened(ours, django_db_blocker, settings):
        ours.form(nodes=4, keys=FAULTED_KEYS, replicas=1)
        yield ours


def test_no_confirmed_write_is_lost_where_a_full_copy_is_left(with_replicas, disk, tmp_path):
    deadline, rng = begin(), random.Random(SEED)
    faulting = Faulting(with_replicas, rng, disk=disk, scratch=tmp_path, held_s=HELD_S)
    names = [name for name in faulting.faults() if not ONLY or any(word in name for word in ONLY)]
    order: list[str] = []
    while time.monotonic() < deadline:
        order = order or rng.sample(names, len(names))
        verdict = faulting.round(name := order.pop())
        say(f"soak: {name}: {verdict.confirmed} keys had a confirmed value, {verdict.lost} were lost, as told")
    say(f"soak: {dict(faulting.rounds)}: {faulting.confirmed} confirmed, {faulting.lost} lost where it was asked for")
    root = passwords.folder(with_replicas.known().cluster.pk)
    assert with_replicas.clear()
    assert not root.exists()
