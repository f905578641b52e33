"""The conversation with the server, without a server: what is asked when, and what trouble changes."""

from __future__ import annotations

import math

import pytest
from redis import exceptions as theirs

from locks.core.own import label_of
from locks.lock import LockServerError, NotAcquired
from locks.lock.asking import FIRST_PAUSE_S, Block, Pause, Run, trying, waiting
from locks.lock.terms import terms_of
from locks.lock.trouble import told
from locks.lock.validity import good_until, now_s

HOLDER_ID = "worker-5:" + "0123456789abcdef" * 2
TERMS = terms_of("jobs", 10_000, holder="worker-5")
PASSES = LockServerError("gone", passes=True, unsure=True)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def conversation(clock, timeout_s=10.0, longest_block_s: float | None = 4.7):
    talk = waiting(TERMS, HOLDER_ID, timeout_s, longest_block_s, clock)
    return talk, next(talk)


def refusal(again_ms=-1, ahead=0):
    return [0, again_ms, ahead, b"web-3:" + b"f" * 32]


def test_a_grant_is_good_from_before_it_was_asked_for(clock):
    talk, asked = conversation(clock)
    assert isinstance(asked, Run)
    assert asked.values == (HOLDER_ID, 10_000, 0, 1, 3_000)
    clock.now += 1
    with pytest.raises(StopIteration) as end:
        talk.send([1, 10_000, 7, b""])
    assert (end.value.value.fencing_token, end.value.value.good_until) == (7, pytest.approx(100 + 9.9 - 0.002))


@pytest.mark.parametrize("waits", [False, True])
def test_a_grant_that_ran_out_on_its_way_is_asked_for_again(clock, waits):
    talk = waiting(TERMS, HOLDER_ID, 60, 4.7, clock) if waits else trying(TERMS, HOLDER_ID, clock)
    assert isinstance(next(talk), Run)
    clock.now += 9.9
    assert isinstance(talk.send([1, 10_000, 7, b""]), Run)


@pytest.mark.parametrize(
    ("again_ms", "timeout_s", "longest_block_s", "blocked_s"),
    [
        (-1, 10, 4.7, 1.0),  # until the waiter renews its place
        (350, 10, 4.7, 0.35),  # until the holder's time is up
        (60_000, 10, 4.7, 1.0),
        (-1, 0.3, 4.7, 0.3),  # until the timeout
        (-1, 10, 0.2, 0.2),  # until the client would give up
        (-1, 10, None, 1.0),
        (0, 10, 4.7, 0.01),  # BLPOP with 0 would block for ever
    ],
)
def test_it_blocks_until_the_first_of_its_reasons(clock, again_ms, timeout_s, longest_block_s, blocked_s):
    talk, _asked = conversation(clock, timeout_s, longest_block_s)
    block = talk.send(refusal(again_ms))
    assert isinstance(block, Block)
    assert block.key.decode() == "ringviz:lock:{jobs}:wake:" + HOLDER_ID
    assert block.seconds == pytest.approx(blocked_s)
    assert isinstance(talk.send(None), Run)


def test_at_the_timeout_it_says_who_holds_the_lock_and_how_many_wait(clock):
    talk, _asked = conversation(clock)
    clock.now += 10
    with pytest.raises(NotAcquired, match=r"within 10\.0 s: held by web-3, 2 waiting ahead of us"):
        talk.send(refusal(ahead=2))


def test_trouble_that_passes_is_waited_out_with_growing_pauses(clock):
    talk, _asked = conversation(clock, 60.0)
    pauses = []
    for _ in range(8):
        pause = talk.throw(PASSES)
        assert isinstance(pause, Pause)
        pauses.append(pause.seconds)
        assert isinstance(talk.send(None), Run)
    assert pauses == sorted(pauses)
    assert FIRST_PAUSE_S / 2 <= pauses[0] <= pauses[-1] <= 1.5
    talk.send(refusal())
    pause = talk.throw(PASSES)
    assert isinstance(pause, Pause)
    assert pause.seconds == pauses[0], "what was answered between begins anew"


def test_trouble_at_the_timeout_is_that_trouble(clock):
    talk, _asked = conversation(clock)
    clock.now += 10
    with pytest.raises(LockServerError, match="gone"):
        talk.throw(PASSES)


def test_trouble_that_stays_is_raised_at_once(clock):
    talk, _asked = conversation(clock)
    with pytest.raises(LockServerError, match="no right"):
        talk.throw(LockServerError("no right", passes=False, unsure=False))


@pytest.mark.parametrize(
    ("error", "passes", "unsure", "says"),
    [
        (theirs.ConnectionError("refused"), True, True, "does not answer"),
        (theirs.TimeoutError(), True, True, "TimeoutError"),
        (OSError("no route"), True, True, "no route"),
        (theirs.OutOfMemoryError("command not allowed"), True, False, "maxmemory"),
        (theirs.ResponseError("ERR Error running script: @user_script:12: -OOM command"), True, False, "maxmemory"),
        (theirs.ReadOnlyError("You can't write"), True, False, "replica"),
        (theirs.BusyLoadingError("loading"), True, False, "loading"),
        (theirs.ResponseError("MISCONF Errors writing to the AOF file"), True, False, "disk"),
        (theirs.ResponseError("NOREPLICAS Not enough good replicas"), True, False, "replicas"),
        (theirs.ResponseError("UNBLOCKED force unblock"), True, False, "role"),
        (theirs.NoPermissionError("no"), False, False, "evalsha"),
        (theirs.AuthenticationError("invalid"), False, False, "password"),
        (theirs.ResponseError("WRONGTYPE Operation against a key"), False, False, "another name"),
        (theirs.ResponseError("ERR unknown command 'EVALSHA'"), False, False, "unknown command"),
    ],
)
def test_what_redis_py_raises_is_said_in_our_words(error, passes, unsure, says):
    ours = told(error)
    assert (ours.passes, ours.unsure) == (passes, unsure)
    assert says in str(ours)


def test_validity_counts_from_the_request_and_keeps_a_margin():
    assert good_until(50.0, 1_000) == pytest.approx(50 + 0.99 - 0.002)
    assert good_until(50.0, -1) == math.inf
    assert now_s() <= now_s()


@pytest.mark.parametrize(
    ("holder_id", "label"),
    [
        (HOLDER_ID, "worker-5"),
        ("a:b:" + "0" * 32, "a:b"),
        ("0" * 32, ""),
        ("worker-5:" + "0" * 31, ""),
        ("<script>:" + "0" * 32, ""),
        ("x" * 81 + ":" + "0" * 32, ""),
        ("\x1b[2J", ""),
        ("worker-5:" + "0" * 32 + "\n", ""),
    ],
)
def test_a_label_is_shown_only_where_we_wrote_it(holder_id, label):
    assert label_of(holder_id) == label
