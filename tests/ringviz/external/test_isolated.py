"""Trouble with one attached cluster never slows or hides another, and ends when the cluster is detached."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from locks.services.leading import guard
from ringviz.models import Attachment
from ringviz.selectors.clusters import cluster_of
from ringviz.selectors.leading import ROLE
from ringviz.services.external import adopt, attach, detach
from ringviz.supervisor.observer import Observer
from servers.guard import rules
from servers.reading.checked import checked_members
from servers.reading.look import ClusterLook
from tests.processes import until
from tests.ringviz.making import OPERATOR
from tests.servers.reading.foreign import PASSWORD
from tests.servers.reading.impostor import Listening
from tests.servers.reading.told import KEYS, Told, captured, line

pytestmark = pytest.mark.django_db(transaction=True)
LONGER_THAN_THE_TEST_S = 300.0


@pytest.fixture
def observer() -> Iterator[Observer]:
    found = Observer(lambda: guard(ROLE, 1), every_s=0.05, timeout_s=LONGER_THAN_THE_TEST_S)
    yield found
    found.stop()


@pytest.fixture
def theirs(foreign, settings) -> None:
    settings.ALLOWED_TARGETS = rules.parse(["127.0.0.0/8"])
    attach(slug="theirs", address=str(foreign[0].target), password=PASSWORD, actor=OPERATOR)


class Holding(Listening):
    """Accepts connections and requests, and never answers. `held` counts the connections open now."""

    held = 0

    def _answer(self, peer: socket.socket) -> None:
        threading.Thread(target=self._hold, args=(peer.dup(),), daemon=True).start()

    def _hold(self, peer: socket.socket) -> None:
        self.held += 1
        with peer:
            while peer.recv(4096):
                pass
        self.held -= 1


@contextmanager
def adopted(slug: str, port: int, text: str) -> Iterator[int]:
    """A cluster attached earlier at a port of this machine. Returns its stream."""
    adopt(actor=OPERATOR, slug=slug, name=slug, look=ClusterLook(tuple(checked_members(text)), {}))
    Attachment.objects.create(cluster=cluster_of(slug), host="127.0.0.1", ip="127.0.0.1", port=port)
    yield cluster_of(slug).stream_id


def test_a_cluster_that_does_not_answer_keeps_no_other_waiting(theirs, observer, told_of):
    silent = Holding()
    with silent as (port, asked), adopted("silent", port, line("a" * 40, "10.0.0.1:6379@16379", "myself,master")):
        stream = cluster_of("theirs").stream_id
        observer.start()
        until(lambda: len(told_of(stream)) >= 3, what="three looks at the one that answers")
        until(asked.is_set)
        assert silent.held == 1, "the other look is under way still"
        assert told_of(cluster_of("silent").stream_id) == []

        detach(slug="silent", actor=OPERATOR)
        until(lambda: silent.held == 0, what="its connection to be closed")
        before = len(told_of(stream))
        until(lambda: len(told_of(stream)) >= before + 3)
        assert silent.held == 0, "nobody asks it again"


def test_a_cluster_with_one_address_for_all_is_shown_and_so_are_others(theirs, observer, told_of):
    with Told(captured("one_address"), stands_for=7691) as balancer:
        balancer.text = balancer.text.replace(":7692@", f":{balancer.port}@")
        attach(slug="balanced", address=f"127.0.0.1:{balancer.port}", actor=OPERATOR)
        streams = [cluster_of(slug).stream_id for slug in ("balanced", "theirs")]
        observer.start()
        until(lambda: all(len(told_of(stream)) >= 3 for stream in streams), what="three looks at each of both")
        counted = [one["keys"] for one in told_of(streams[0])[-1]["nodes"].values()]
        assert sorted(counted, key=str) == [KEYS, None, None]
        assert told_of(streams[0])[-1]["silent_since"] is None
