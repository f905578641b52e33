"""`make soak`: the same for minutes, in an order that a seed makes, and then what loses keys by design.

SOAK_SECONDS (600) is the time of both halves together, SOAK_SEED repeats an order.
"""

import os
import random
import sys
import time
from collections import Counter
from functools import partial

import pytest

from tests.consistency.shaking import Breaking, Shaking, TooLate, missing, shaken
from tests.consistency.test_supervised import KEYS
from tests.processes import until
from tests.supervised import Installation

pytestmark = [pytest.mark.soak, pytest.mark.installation(nodes=5)]

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))
SEED = int(os.environ.get("SOAK_SEED") or time.time())
ROUND_S = 20.0  # of a history that is judged together


@pytest.fixture(autouse=True)
def many_starts(monkeypatch):
    monkeypatch.setenv("SERVER_STARTS_A_MINUTE", "1000")  # the cap is tested elsewhere


def say(text: str) -> None:
    """At once, where pytest captures nothing (-s): a soak that fails is repeated by its seed."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def begin() -> float:
    """When this half ends."""
    say(f"\nsoak: SOAK_SEED={SEED} SOAK_SECONDS={SECONDS:.0f}")
    return time.monotonic() + SECONDS / 2


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
        # Who has nothing any more is told to end once its end is told of.
        until(lambda: len(real.server_pids()) == on_ring(real), what=f"{on_ring(real)} servers after {breaking.done}")
    say(f"soak: {dict(Counter(done.rstrip(' 0123456789') for done in breaking.done))}: all keys back each time")
