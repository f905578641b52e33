"""The pings of real servers that freeze, thaw and die, and of an observer that is late."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from servers.watching.detector import ServerKey
from servers.watching.heartbeat import Heartbeat
from tests.servers.watching import servers
from tests.servers.watching.servers import PASSWORD, Server

WITHIN_S = 30.0


def key(number: int) -> ServerKey:
    return 1, number, "primary"


class Watched:
    """A heartbeat of servers, and what it reported: ("suspicion" | "clear" | "verdict", number), in order."""

    def __init__(self, watched: list[Server]) -> None:
        self.said: list[tuple[str, int]] = []
        self.threads: set[str] = set()
        self._changed = threading.Condition()
        self.heartbeat = Heartbeat(
            lambda key, misses: self._hear("suspicion", key),
            lambda key: self._hear("clear", key),
            lambda key: self._hear("verdict", key),
        )
        for number, server in enumerate(watched):
            self.heartbeat.watch(key(number), server.address, PASSWORD)

    def _hear(self, what: str, key: ServerKey) -> None:
        with self._changed:
            self.threads.add(threading.current_thread().name)
            self.said.append((what, key[1]))
            self._changed.notify_all()

    def until(self, *wanted: tuple[str, int]) -> None:
        """Waits until all of it was said."""
        with self._changed:
            assert self._changed.wait_for(lambda: set(wanted) <= set(self.said), WITHIN_S), (wanted, self.said)

    def of(self, number: int) -> list[str]:
        return [what for what, whom in self.said if whom == number]

    def rounds(self, count: int, of: int) -> None:
        """Waits for so many further answers of a server: as many rounds have passed for everybody."""
        self._until_latency(of, lambda window: len(window) >= count + 1, reset=True)

    def answered(self, number: int) -> None:
        """Waits for the first answer of a server."""
        self._until_latency(number, bool)

    def _until_latency(self, number: int, enough: Callable[[tuple[float, ...]], bool], *, reset: bool = False) -> None:
        seen: list[tuple[float, ...]] = []
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline:
            window = self.heartbeat.latencies().get(key(number))
            if window and (not seen or seen[-1] != window):
                seen.append(window)
            if enough(tuple(window[-1] for window in seen) if reset else seen[-1] if seen else ()):
                return
            time.sleep(0.01)  # nothing tells of an answer
        raise AssertionError(f"{number} does not answer often enough: {seen}")


@pytest.fixture(scope="module")
def eight() -> Iterator[list[Server]]:
    with servers.running(8) as running:
        yield running


@contextmanager
def watching(watched: list[Server]) -> Iterator[Watched]:
    """A running heartbeat that has had an answer from every server; all are thawed at the end."""
    told = Watched(watched)
    told.heartbeat.start()
    try:
        for number in range(len(watched)):
            told.answered(number)
        yield told
    finally:
        told.heartbeat.stop()
        for server in watched:
            server.thaw()


def test_a_frozen_server_is_suspected_then_convicted(eight):
    with watching(eight) as told:
        eight[3].freeze()
        told.until(("verdict", 3))
        assert told.said == [("suspicion", 3), ("verdict", 3)]
        assert told.threads == {"heartbeat"}
        eight[3].thaw()
        told.rounds(3, of=0)
        assert told.said == [("suspicion", 3), ("verdict", 3)]  # final
        told.heartbeat.watch(key(3), eight[3].address, PASSWORD)
        told.answered(3)


def test_one_that_thaws_before_the_verdict_is_cleared(eight):
    with watching(eight) as told:
        eight[3].freeze()
        told.until(("suspicion", 3))
        eight[3].thaw()
        told.until(("clear", 3))
        told.rounds(3, of=3)
        assert told.said == [("suspicion", 3), ("clear", 3)]


def test_a_blocked_observer_convicts_and_suspects_nobody(eight):
    with watching(eight) as told:
        for _ in range(2):
            told.heartbeat._loop.call_soon_threadsafe(time.sleep, 1.2)
            told.rounds(3, of=0)
        assert told.said == []


def test_a_block_during_the_freeze_only_puts_the_verdict_off(eight):
    with watching(eight) as told:
        eight[3].freeze()
        told.until(("suspicion", 3))
        told.heartbeat._loop.call_soon_threadsafe(time.sleep, 1.2)
        told.until(("verdict", 3))
        assert told.said == [("suspicion", 3), ("verdict", 3)]


def test_five_of_eight_together_convict_nobody(eight):
    with watching(eight) as told:
        for server in eight[:5]:
            server.freeze()
        told.until(*(("suspicion", number) for number in range(5)))
        told.rounds(4, of=7)
        assert not [what for what, _ in told.said if what == "verdict"]
        for server in eight[:3]:
            server.thaw()
        told.until(("clear", 0), ("clear", 1), ("clear", 2), ("verdict", 3), ("verdict", 4))
        assert {number for what, number in told.said if what == "verdict"} == {3, 4}


def test_an_excused_server_is_left_alone_until_its_time_is_over(eight):
    with watching(eight) as told:
        told.heartbeat.excuse(key(2), 3600)
        eight[2].freeze()
        told.rounds(4, of=0)
        assert told.said == []
        told.heartbeat.excuse(key(2), 0)
        told.until(("verdict", 2))


def test_one_that_is_not_watched_any_more_is_not_spoken_of(eight):
    with watching(eight) as told:
        eight[2].freeze()
        told.until(("suspicion", 2))
        told.heartbeat.unwatch(key(2))
        told.rounds(4, of=0)
        assert told.said == [("suspicion", 2)]
        assert key(2) not in told.heartbeat.latencies()


def test_a_killed_server_refuses_and_is_convicted_too():
    with servers.running(3) as three, watching(three) as told:
        three[1].child.kill()
        told.until(("verdict", 1))
        assert told.said == [("suspicion", 1), ("verdict", 1)]


def test_a_connection_that_the_server_closed_is_no_miss(eight):
    from redis import Redis

    with watching(eight) as told:
        host, port = eight[0].address
        with Redis(host=host, port=port, password=PASSWORD) as client:
            client.client_kill_filter(_type="normal", skipme=True)
        told.rounds(2, of=0)
        assert told.said == []


def test_a_round_that_fails_judges_nobody_and_the_next_one_goes_on(eight, caplog):
    def fail(*_: object) -> None:
        raise ValueError("callback")

    with watching(eight) as told:
        told.heartbeat._on_suspicion = fail
        eight[0].freeze()
        told.until(("verdict", 0))
    assert "callback" in caplog.text


def test_it_stops_at_once_and_silently(eight):
    told = Watched(eight)
    told.heartbeat.stop()  # never started
    with watching(eight) as told:
        eight[0].freeze()
        told.heartbeat.stop()
        assert not told.heartbeat._thread.is_alive()
        told.heartbeat.watch(key(1), eight[1].address, PASSWORD)
        told.heartbeat.stop()
        assert told.said == []
