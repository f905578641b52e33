"""The supervisor on real servers: what the log says is what runs, and every node stores what the ring predicts."""

from servers.address import Address


def test_a_cluster_is_formed_filled_and_counted(real):
    stored = real.equal()
    assert sum(stored.values()) == 4_000
    assert [event.kind for event in real.events()] == ["cluster_created", "cluster_formed", "keys_refilled"]
    assert {node["state"] for node in real.state()["nodes"]} == {"active"}


def test_a_node_is_added_drained_and_removed_and_no_key_is_lost(real):
    real.act("add", name="cache-5", zone="", weight=1)
    assert sum(real.equal().values()) == 4_000
    assert real.node(5)["state"] == "active"
    assert real.node(5)["keys"] > 0
    real.act("drain", node=2)
    assert sum(real.equal().values()) == 4_000
    assert (real.node(2)["state"], real.node(2)["address"]) == ("draining", "")
    real.act("remove", node=5)
    assert sum(real.equal().values()) == 4_000
    assert len(real.server_pids()) == 3


def test_a_killed_node_loses_its_keys_and_the_others_store_them_again(real):
    before = real.node(2)
    asked = real.act("kill", node=2)
    killed = real.event("node_killed", asked.version)
    assert killed.payload["work"] == asked.version
    assert killed.payload["cause"] == "asked"
    assert killed.payload["loss"]["keys"] == before["keys"]
    assert killed.payload["loss"]["bytes"] > 0
    assert real.event("keys_refilled", asked.version).payload["keys"] == before["keys"]
    assert sum(real.equal().values()) == 4_000
    assert 2 not in real.stored()


def test_freeze_and_thaw_before_the_verdict_lose_nothing(real):
    real.act("freeze", node=3)
    real.event("node_frozen")
    thawed = real.act("thaw", node=3)
    real.event("node_thawed", thawed.version)
    assert sum(real.equal().values()) == 4_000
    assert not [event for event in real.events() if event.kind == "node_killed"]


def test_a_frozen_node_is_convicted_killed_and_replaced(real):
    asked = real.act("freeze", node=3)
    killed = real.event("node_killed", asked.version)
    assert (killed.payload["cause"], killed.payload["node"]["number"]) == ("silent", 3)
    assert sum(real.equal().values()) == 4_000
    assert len(real.server_pids()) == 3


def test_a_restarted_node_keeps_its_keys(real):
    real.act("restart", node=1)
    real.event("node_restarted")
    assert all(real.engine().takes_writes(Address(*one)) for one in real.addresses())  # reported once it is really back
    assert sum(real.equal().values()) == 4_000
    assert not [event for event in real.events() if event.kind == "node_killed"]
