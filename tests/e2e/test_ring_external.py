"""A cluster that somebody else runs: attached in the admin, watched on its page while it changes, and never changed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from redis import RedisCluster
from redis.exceptions import ResponseError

from tests import demos
from tests.demos import Demo
from tests.e2e.ring_page import PATIENCE_MS, RingPage, open_ring
from tests.e2e.visitors import PHONE, Visitors, violations
from tests.processes import until
from tests.servers.reading.foreign import PASSWORD, Foreign, foreign_cluster

RANGES = [(0, 8191), (8192, 16_382), (16_383, 16_383)]  # three, since a majority of them has to call one dead
KEYS = 200


@pytest.fixture
def theirs() -> Iterator[list[Foreign]]:
    """Three servers with keys, and a replica of the second one."""
    with foreign_cluster(RANGES, "--repl-diskless-sync-delay", "0", extra=1) as servers:
        first, second, _third, replica = servers
        replica.client.execute_command("CLUSTER MEET", "127.0.0.1", first.port, first.bus)
        until(lambda: follows(replica, second))
        client = RedisCluster("127.0.0.1", first.port, password=PASSWORD)
        for number in range(KEYS):
            client.set(f"key:{number}", number)
        client.close()
        until(lambda: replica.client.dbsize() == second.client.dbsize())
        yield servers


def follows(replica: Foreign, primary: Foreign) -> bool:
    """It can only once it has heard of the primary."""
    try:
        replica.client.execute_command("CLUSTER REPLICATE", primary.id)
    except ResponseError:
        return False
    return True


@pytest.fixture
def demo(simulated_copy: Path, theirs: list[Foreign]) -> Iterator[Demo]:
    allowed = ",".join(str(server.target) for server in theirs)
    with demos.running(simulated_copy, ALLOWED_TARGETS=allowed) as running:
        yield running


def attach(demo: Demo, visitors: Visitors, server: Foreign) -> None:
    """As an operator does it: a wrong password first."""
    page = visitors.open(demo, "admin/ringviz/attachment/add/", operator=True)
    fields = {"name": "Theirs", "address": str(server.target), "password": "wrong"}
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)
    expect(page.locator("#id_slug")).to_have_value("theirs")
    page.locator("[name=_save]").click()
    expect(page.locator(".errorlist").last).to_contain_text("Cannot be attached")
    assert {name: page.locator(f"#id_{name}").input_value() for name in fields} == {**fields, "password": ""}
    expect(page.locator("#id_slug")).to_have_value("theirs")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("[name=_save]").click()
    expect(page.locator(".success")).to_contain_text("added successfully")


def test_it_is_shown_as_its_servers_tell_it(demo: Demo, visitors: Visitors, theirs: list[Foreign]) -> None:
    first, second, third, replica = theirs
    attach(demo, visitors, first)
    ring = open_ring(visitors, demo, "clusters/theirs/", operator=True).live()
    page, core = ring.page, ring.page.locator("#core")
    expect(ring.title).to_have_text("3 nodes own all 16,384 slots")
    expect(core).to_contain_text(f"{KEYS}keys stored", timeout=PATIENCE_MS)
    expect(page.locator("#outside")).to_contain_text("16,384 of 16,384")
    page.locator("#screen").click()
    assert [row["Stored"] for row in ring.mirror()] == [str(one.client.dbsize()) for one in (first, second, third)]
    assert [row["Replicas"] for row in ring.mirror()] == ["0", "1", "0"]
    assert "Predicted" not in ring.mirror()[0]
    page.locator("#screen").click()
    visitors.watch(page).allow("status of 400")
    nothing_can_be_done(ring, second, replica)
    assert violations(page) == []

    for server in (first, second, third):
        server.client.execute_command("CLUSTER SETSLOT", 8191, "NODE", second.id)
    expect(ring.title).to_have_text(f"1 slot went from {first.id[:8]} to {second.id[:8]}", timeout=PATIENCE_MS)

    gone, heir = second.id[:8], replica.id[:8]
    second.child.kill()
    expect(ring.title).to_have_text(f"{heir} took over from {gone}, whose replica it was", timeout=PATIENCE_MS)
    # A look between the death and the heir shows them as nobody's.
    expect(page.locator("#capp")).to_contain_text(re.compile(f"8,192 slots went from ({gone}|nobody) to {heir}"))
    expect(page.locator("#outside")).to_contain_text(re.compile(f"Stored keys *{KEYS}"))
    assert violations(page) == []

    for server in (first, third, replica):
        server.child.kill()
    expect(page.locator("#silent")).to_contain_text("has not answered since", timeout=PATIENCE_MS)
    expect(page.locator("#outside")).to_contain_text(re.compile("Stored keys *unknown"))
    phone = open_ring(visitors, demo, "clusters/theirs/", size=PHONE, theme="dark")
    expect(phone.page.locator("#silent")).to_contain_text("has not answered since", timeout=PATIENCE_MS)
    assert violations(phone.page) == []


def nothing_can_be_done(ring: RingPage, second: Foreign, replica: Foreign) -> None:
    """Neither by a button, nor by a key, nor by an act that is sent all the same."""
    page = ring.page
    deeds = re.compile("Kill|What if|Add node|Drain|Undo|Change keys")
    expect(page.get_by_role("button", name=deeds)).to_have_count(0)
    page.locator("body").press("a")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator("#nodes").get_by_role("button", name=second.id[:8]).click()
    card = page.locator("#node-dialog")
    expect(card).to_contain_text(f"{replica.target}, active, {replica.client.dbsize()} keys")
    expect(card).to_contain_text("Read-only")
    expect(card.get_by_role("button")).to_have_text(["Close"])
    assert violations(page) == []
    card.get_by_role("button").click()
    status, answer = ring.try_act(action="kill", node=2, version=ring.state()["v"])
    assert (status, "read-only" in str(answer)) == (400, True), answer
