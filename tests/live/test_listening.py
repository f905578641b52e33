"""Waiting for hints without a hub, on a server that is killed and comes back."""

import threading
import time

import pytest

from live import hints
from live.listening import HintListener
from tests import started

WITHIN_S = 30.0


@pytest.fixture
def own_valkey(settings):
    with started.valkey() as server:
        settings.REDIS_URL = server.url
        yield server


@pytest.fixture
def listener(database, own_valkey):
    listening = HintListener(own_valkey.url)
    hear(listening, 1)
    yield listening
    listening.close()
    assert listening.wait(60) == set()


def hear(listener: HintListener, stream_id: int) -> None:
    """Sends hints about the stream until one arrives: a hint before the subscription is lost."""
    deadline = time.monotonic() + WITHIN_S
    while stream_id not in listener.wait(0.05):
        assert time.monotonic() < deadline
        hints.publish_hint(stream_id, 1)
    while listener.wait(0.1):
        pass


def test_it_hears_which_streams_are_hinted_at(listener):
    hints.publish_frame(9, "load", {})
    hints._publish("hint", "7", 1)
    hints._publish("nonsense")
    assert listener.wait(0.1) == set()
    hints.publish_hint(3, 1)
    hints.publish_hint(4, 1)
    heard = listener.wait(WITHIN_S)
    while heard != {3, 4}:
        more = listener.wait(WITHIN_S)
        assert more
        heard |= more
    assert listener.wait(0) == set()


def test_a_hint_ends_a_wait_that_is_under_way(listener):
    threading.Timer(0.2, hints.publish_hint, (5, 1)).start()
    assert listener.wait(WITHIN_S) == {5}


def test_a_server_that_dies_and_comes_back(listener, own_valkey):
    own_valkey.kill()
    used, begun = time.process_time(), time.monotonic()
    assert listener.wait(1.5) == set()
    assert time.monotonic() - begun >= 1.5
    assert time.process_time() - used < 0.75, "a busy loop"
    own_valkey.start()
    hear(listener, 6)


def test_without_a_server_every_wait_times_out(database):
    for url in ("", "redis://127.0.0.1:1"):
        listener = HintListener(url)
        begun = time.monotonic()
        assert listener.wait(0.3) == set()
        assert time.monotonic() - begun >= 0.3
        listener.close()


def test_closing_ends_a_wait(listener):
    threading.Timer(0.2, listener.close).start()
    assert listener.wait(3600) == set()
