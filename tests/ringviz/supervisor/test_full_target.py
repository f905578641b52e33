"""A target runs out of memory in the middle of a move: the work fails and says why, and no key is lost."""

import pytest
from redis import Redis

from servers.address import Address
from tests.processes import until

KEYS = 8_000
pytestmark = [pytest.mark.installation(nodes=3, keys=KEYS), pytest.mark.no_cover, pytest.mark.long]


def limited(real, address, more=0):
    """Limits a server to this many bytes more than it uses."""
    with Redis(address.host, address.port, password=real.password(), socket_timeout=10) as client:
        client.config_set("maxmemory", client.info("memory")["used_memory"] + more)


def test_a_node_that_joins(real, engine):
    before, since = real.equal(), real.known().v + 1
    real.slow_moves(500)
    asked = real.act("add", name="cache-4", weight=1)
    until(lambda: real.moving(engine), what="a migration that runs")
    source = Address.parse(real.node(1)["address"])
    ours = {Address.parse(node["address"]) for node in real.state()["nodes"] if node["address"]}
    (joining,) = {member.address for member in engine.members(source)} - ours
    limited(real, joining)
    ended = real.event("work_ended", since).payload
    assert (ended["work"], ended["outcome"]) == (asked.version, "failed")
    assert ended["why"], "it says why"
    assert real.equal() == before
    assert [node["state"] for node in real.state()["nodes"]] == ["active"] * 3
    until(lambda: len(real.server_pids()) == 3, what="the end of who was to join")
    assert "keys_lost" not in {event.kind for event in real.events()}


def test_those_who_take_what_is_drained(real, engine):
    before, since = real.equal(), real.known().v + 1
    real.slow_moves(500)
    asked = real.act("drain", node=1)
    until(lambda: real.moving(engine), what="a migration that runs")
    for number in (2, 3):
        limited(real, Address.parse(real.node(number)["address"]))
    ended = real.event("work_ended", since).payload
    assert (ended["work"], ended["outcome"]) == (asked.version, "failed")
    assert real.equal() == before
    for number in (2, 3):
        limited(real, Address.parse(real.node(number)["address"]), 2**24)
    drained = real.act("drain", node=1)
    assert real.event("node_drained", since).payload["work"] == drained.version
    assert sum(real.equal().values()) == KEYS
    assert "keys_lost" not in {event.kind for event in real.events()}
