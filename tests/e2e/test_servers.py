"""The demo's own cluster in a browser: its nodes are servers, and a kill kills one."""

from playwright.sync_api import expect

from tests.demos import Demo
from tests.e2e.ring_page import PATIENCE_MS, open_ring
from tests.e2e.visitors import Visitors
from tests.processes import gone_within


def test_a_kill_on_the_page_ends_a_server_and_its_keys_are_stored_again(demo: Demo, visitors: Visitors) -> None:
    demo.wait_for_keys()
    page = open_ring(visitors, demo, operator=True).live()
    before = demo.servers()
    page.act(action="kill", node=4)
    expect(page.row(4)).to_have_class("dead", timeout=PATIENCE_MS)
    status = demo.wait_for_keys()
    (ended,) = before.keys() - demo.servers().keys()
    assert gone_within(ended)
    assert sum(node["stored_keys"] or 0 for node in status["nodes"]) == 20_000
    assert status["nodes"][3]["state"] == "down"
    expect(page.ring).to_have_attribute("data-version", str(status["version"]), timeout=PATIENCE_MS)
    timeline = visitors.open(demo, "clusters/demo/timeline/")
    for words in ("asked: kill cache-4", "cache-4 killed"):
        expect(timeline.locator("#log .what", has_text=words)).to_be_visible()
    overview = visitors.open(demo)
    expect(overview.locator("#processes")).to_contain_text("Supervisor")
    expect(overview.locator("#processes")).to_contain_text("7 servers")
