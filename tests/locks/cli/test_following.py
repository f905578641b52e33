"""`manage.py locks watch`: it prints a line per change, for people or programs, and hostile names do no harm."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis

from locks.cli import following
from locks.cli.following import Follower
from locks.core.sourcelist import SourceConfig
from tests import started

HOLDER, OTHER = "ee08789ee6e011f1a6b202fc00000001", "ee08789ee6e011f1a6b202fc00000002"


class Stopped(io.StringIO):
    """An output that calls `then` with each line, and interrupts like Ctrl-C once that returns true."""

    def __init__(self, then: Callable[[str], bool]) -> None:
        super().__init__()
        self._then = then

    def flush(self) -> None:
        if self._then(self.getvalue().splitlines()[-1]):
            raise KeyboardInterrupt


@pytest.fixture
def told(theirs: Redis, watched_server: started.Valkey) -> Callable[..., list[str]]:
    """Watches the server, and takes each step as soon as a line contains its word. Returns the lines."""
    theirs.config_set("notify-keyspace-events", "Kg$xhlz")

    def watch(*steps: tuple[str, Callable[[], Any]], json_lines: bool = False) -> list[str]:
        left = list(steps)

        def then(line: str) -> bool:
            if left and left[0][0] in line:
                left.pop(0)[1]()
            return not left

        out = Stopped(then)
        options = {"redis": watched_server.url, "redis_env": None, "source": None, "json": json_lines}
        with pytest.raises(KeyboardInterrupt):
            following.handle(options, out)
        return out.getvalue().splitlines()

    return watch


def nothing() -> None:
    """The last step: there is nothing left to do."""


def test_a_lock_is_taken_renewed_overwritten_and_released_on_the_terminal(theirs: Redis, told) -> None:
    theirs.set("\x1b[31mold\u202e", HOLDER)
    lines = told(
        ("held", lambda: theirs.set("jobs", HOLDER, px=30_000)),
        ("taken", lambda: theirs.pexpire("jobs", 60_000)),
        ("renewed", lambda: theirs.set("jobs", OTHER, px=60_000)),
        ("overwritten", lambda: theirs.delete("jobs")),
        ("released", nothing),
    )
    assert all(line.isprintable() for line in lines)
    said = "\n".join(lines)
    assert "watching     " in said
    assert r"\x1b[31mold\xe2\x80\xae" in said
    assert "no TTL" in said
    assert re.search(r"taken        jobs  \S+, redis-py \(likely\), [23]\d\.\d s left", said)
    assert "overwritten  jobs  overwritten by another holder" in said
    assert "released     jobs  released:" in said


def test_programs_get_an_object_a_line(theirs: Redis, told) -> None:
    theirs.set(b"a\xff", HOLDER, px=30_000)
    lines = [
        json.loads(line)
        for line in told(
            ('"what": "held"', lambda: theirs.set("jobs", HOLDER, px=300)),
            ('"what": "expired"', nothing),
            json_lines=True,
        )
    ]
    by_what = {line["what"]: line for line in lines}
    assert by_what["held"]["key"] == {"b64": "Yf8="}
    assert by_what["held"]["inferred"] is True
    assert 0 < by_what["held"]["ttl_ms"] <= 30_000
    assert (by_what["taken"]["holder_id"], by_what["taken"]["inferred"]) == (HOLDER, False)
    assert by_what["expired"]["held_ms"] >= 200
    assert all(line["at"].endswith("Z") for line in lines)


def test_a_server_that_is_down_is_said_so() -> None:
    follower = Follower(SourceConfig("typed", "--redis", "redis://127.0.0.1:1"))
    try:
        line = next(one for _at, one, _text in follower.lines() if one["what"] == "down")
    finally:
        follower.stop()
    assert line["why"].startswith("refused: ")
