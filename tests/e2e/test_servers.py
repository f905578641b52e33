"""The demo's own cluster in a browser: its nodes are servers, and a kill kills one."""

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

from playwright.sync_api import WebSocket, expect

from tests.demos import Demo
from tests.e2e.ring_page import PATIENCE_MS, open_ring
from tests.e2e.visitors import Visitors
from tests.processes import gone_within

AT_REST = re.compile("^At rest")
# Notes what the strip and a node's row say, each time that anything on the page changes.
WATCH = """number => {
  window.seen = [];
  new MutationObserver(() => {
    const row = document.querySelector(`#nodes tr[data-node="${number}"]`);
    const chip = row.querySelector(".chip").textContent;
    window.seen.push([document.getElementById("work").textContent, `${row.className} ${chip}`]);
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}"""


def server_of(demo: Demo, number: int) -> int:
    """The pid of a node's server: it works in a directory named after it."""
    (pid,) = (pid for pid in demo.servers() if Path(os.readlink(f"/proc/{pid}/cwd")).name.startswith(f"{number}."))
    return pid


def test_a_silent_server_is_suspected_before_it_is_convicted(demo: Demo, visitors: Visitors) -> None:
    demo.wait_for_keys()
    page = open_ring(visitors, demo)
    messages: list[dict[str, Any]] = []

    def follow(socket: WebSocket) -> None:
        socket.on("framereceived", lambda text: messages.append(json.loads(text)))

    page.page.on("websocket", follow)
    page.page.reload()
    expect(page.still().live().page.locator("#work")).to_have_text(AT_REST, timeout=PATIENCE_MS)
    page.page.evaluate(WATCH, 4)
    os.kill(server_of(demo, 4), signal.SIGSTOP)
    expect(page.row(4)).to_have_class("dead", timeout=PATIENCE_MS)

    came = [(one.get("topic"), one["data"].get("phase")) if "data" in one else one.get("kind") for one in messages]
    assert came.index(("suspicion", None)) < came.index(("work", "reassigning")) < came.index("node_killed")
    seen: list[tuple[str, str]] = page.page.evaluate("window.seen")
    strips, looks = zip(*seen, strict=True)
    suspected = next(i for i, words in enumerate(strips) if "cache-4 does not answer: 1 ping missed" in words)
    # Before the verdict the supervisor has nothing to do.
    assert AT_REST.match(strips[suspected])
    assert suspected < next(i for i, words in enumerate(strips) if "buckets go to their next owners" in words)
    assert max(suspected, looks.index("odd 4?")) < looks.index("dead 4")


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
