"""Idle: every server has the predicted keys. Missing keys are reported and reloaded; extra keys stay."""

import os
import signal

import pytest
from redis import Redis

from ringviz.core.buckets import bucket_of, stored_name
from ringviz.core.placement import Murmur
from ringviz.selectors.placing import bucket_owners
from tests.processes import until

KEYS = 4_000
EXTRA = 7
pytestmark = [pytest.mark.installation(keys=KEYS), pytest.mark.no_cover]


def client_of(real, number):
    host, _colon, port = real.node(number)["address"].partition(":")
    return Redis(host, int(port), password=real.password(), socket_timeout=5)


def names_of(real, number):
    """The stored names of a node's keys, and names in as many of its slots that are in no key set.

    Sorted by slot, so that the first and the last are in different ones.
    """
    owners = bucket_owners(real.state()).tolist()
    buckets = {b"user:%d" % n: bucket_of(Murmur().hash(b"user:%d" % n)) for n in range(KEYS)}
    mine = sorted(
        ((key, bucket) for key, bucket in buckets.items() if owners[bucket] == number), key=lambda one: one[1]
    )
    return [stored_name(key, bucket) for key, bucket in mine], [
        stored_name(b"extra " + key, bucket) for key, bucket in mine
    ]


def of_each(client, command, names):
    """Runs a command for each name and sums the replies. It is one pipeline, so no audit counts halfway."""
    together = client.pipeline(transaction=False)
    for name in names:
        together.execute_command(command, name)
    return sum(together.execute())


def test_what_is_missing_is_told_and_stored_again_and_what_is_extra_stays(real):
    """Stored on another node, so that the count is short by less than what is missing."""
    names, extra = names_of(real, 2)
    with client_of(real, 2) as client:
        for name in extra[:EXTRA]:
            client.set(name, b"a client's")
        of_each(client, "DEL", names[-20:])
        assert real.event("keys_lost").payload["keys"] == 20
        real.event("keys_refilled", real.event("keys_lost").version)
        until(lambda: of_each(client, "EXISTS", names) == len(names), what="all keys of the node")
        assert of_each(client, "EXISTS", extra[:EXTRA]) == EXTRA
        assert client.dbsize() == real.node(2)["keys"] + EXTRA
    assert [event.kind for event in real.events()].count("keys_lost") == 1


@pytest.mark.long
def test_what_a_server_comes_back_without_is_told_though_it_is_a_part(real):
    names, _extra = names_of(real, 2)
    os.kill(real.supervisor.pid, signal.SIGSTOP)  # so that it does not see it too early
    with client_of(real, 2) as client:
        of_each(client, "DEL", names[:20])
    real.kill_supervisor()
    until(lambda: not real.server_pids(), what="the end of the servers")
    real.supervise()
    assert real.event("keys_lost").payload["keys"] == 20
    assert sum(real.equal().values()) == KEYS
