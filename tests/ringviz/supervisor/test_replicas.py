"""Deaths in a cluster with replicas: confirmed writes are there afterwards, whatever happened to the replica."""

import shutil

import pytest

from ringviz.services.actions import decision_of
from ringviz.services.planning import make_plan
from tests.processes import until
from tests.ringviz.supervisor.replicas import in_sync, lost_of, unsynced, write_confirmed
from tests.supervised import SLUG, wait

KEYS = 2_000
pytestmark = pytest.mark.installation(nodes=3, keys=KEYS, replicas=1)


def kinds(real):
    return [event.kind for event in real.events()]


def complete(real):
    """Idle, with every key stored and exactly two servers per node."""
    assert sum(real.equal().values()) == KEYS
    until(lambda: len(real.server_pids()) == 6, what="six servers")
    for number in (1, 2, 3):
        in_sync(real, number)


def test_what_a_frozen_replica_confirmed_outlives_its_primary(real):
    primary, replica = in_sync(real, 2)
    written = write_confirmed(real, 2, KEYS)
    replica.freeze()
    wait(0.05)
    primary.kill()
    wait(0.8)
    replica.thaw()
    over = real.event("node_failed_over")
    assert over.payload["node"]["number"] == 2
    assert over.payload["cause"] in {"exit", "silent"}, "whichever was heard first"
    complete(real)
    assert lost_of(real, written) == []
    assert "node_killed" not in kinds(real)


def test_a_replica_that_stays_frozen_is_killed_and_takes_over_from_its_directory(real):
    primary, replica = in_sync(real, 2)
    written = write_confirmed(real, 2, KEYS)
    replica.freeze()
    primary.kill()
    real.event("node_failed_over")
    complete(real)
    assert lost_of(real, written) == []
    assert "node_killed" not in kinds(real)


def test_of_primary_and_replica_that_die_together_a_directory_is_left(real):
    servers = in_sync(real, 2)
    written = write_confirmed(real, 2, KEYS)
    for server in servers:
        server.kill()
    until(lambda: {"node_failed_over", "node_restarted"} & set(kinds(real)), what="who comes back")
    complete(real)
    assert lost_of(real, written) == []
    assert "node_killed" not in kinds(real)


@pytest.mark.long
def test_a_replica_that_has_not_finished_its_copy_does_not_take_over(real):
    primary = unsynced(real, 2)
    version = real.known().v
    primary.kill()
    back = real.event("node_restarted", version).payload
    assert back["node"]["number"] == 2
    assert back["cause"] in {"exit", "silent"}, "whichever was heard first"
    complete(real)
    assert not {"node_killed", "keys_lost"} & set(kinds(real))
    assert kinds(real).count("node_failed_over") == 1


def test_a_kill_that_was_asked_for_while_nobody_had_a_copy_is_a_loss_that_is_told(real):
    unsynced(real, 2)
    before = real.node(2)["keys"]
    plan = make_plan(SLUG, decision_of("kill", {"node": "2"}))
    lost = sum(node["lost"] for node in plan.after["nodes"])
    assert (plan.kind, lost) == ("node_killed", before), "said before the click"
    asked = real.act("kill", node=2)
    killed = real.event("node_killed", asked.version)
    assert (killed.payload["loss"]["keys"], killed.payload["work"]) == (before, asked.version)
    assert real.event("keys_refilled", asked.version).payload["keys"] == before
    assert sum(real.equal().values()) == KEYS
    until(lambda: len(real.server_pids()) == 4, what="the end of both servers")
    real.act("revive", node=2)
    real.event("node_revived")
    complete(real)


@pytest.mark.long
def test_a_primary_whose_directory_is_gone_is_followed_by_its_replica(real):
    primary, _replica = in_sync(real, 2)
    written = write_confirmed(real, 2, KEYS)
    real.kill_supervisor()
    until(lambda: not real.server_pids(), what="the end of the servers")
    shutil.rmtree(primary.directory)
    real.supervise()
    assert real.event("node_failed_over").payload["node"]["number"] == 2
    complete(real)
    assert lost_of(real, written) == []
    assert not {"node_killed", "keys_lost"} & set(kinds(real))
