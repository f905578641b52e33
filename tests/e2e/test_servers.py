"""The demo's own cluster in a browser: its nodes are servers, and a kill kills one."""

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, WebSocket, expect

from tests.demos import Demo
from tests.e2e.ring_page import PATIENCE_MS, RingPage, open_ring
from tests.e2e.visitors import PHONE, Visitors, violations
from tests.processes import gone_within

AT_REST = re.compile("^Idle")
# Notes what the strip and a node's row say, each time that anything on the page changes.
WATCH = """number => {
  window.seen = [];
  new MutationObserver(() => {
    const row = document.querySelector(`#nodes tr[data-node="${number}"]`);
    const chip = row.querySelector(".chip").textContent;
    window.seen.push([document.getElementById("work").textContent, `${row.className} ${chip}`]);
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}"""

# Keeps the strip's button, and where it stands, each time that the strip changes.
WATCH_CANCEL = """() => {
  const strip = document.getElementById("work");
  window.seen = { buttons: [], places: [], said: new Set() };
  new MutationObserver(() => {
    const button = strip.querySelector("button");
    if (!button) return;
    seen.buttons.push(button);
    seen.places.push(Math.round(button.getBoundingClientRect().left));
    seen.said.add(strip.textContent);
  }).observe(strip, { subtree: true, childList: true, characterData: true });
}"""


def server_of(demo: Demo, number: int) -> int:
    """The pid of a node's server: it works in a directory named after it."""
    (pid,) = (pid for pid in demo.servers() if Path(os.readlink(f"/proc/{pid}/cwd")).name.startswith(f"{number}."))
    return pid


def at_rest(page: RingPage) -> RingPage:
    """Wait until nothing moves."""
    expect(page.page.locator("#work")).to_have_text(AT_REST, timeout=PATIENCE_MS)
    return page


def card(page: RingPage, number: int) -> Locator:
    """A node's card, opened by a click on its name."""
    page.row(number).locator(".name").click()
    return page.page.locator("#node-dialog[open]")


def assert_fits(page: RingPage) -> None:
    """Nothing is wider than the place that it has, once what is drawn has settled."""
    page.page.wait_for_function(
        """() => [document.documentElement, document.querySelector("#nodes"), document.querySelector(".rail.r")]
             .every((one) => one.scrollWidth <= one.clientWidth)"""
    )


def test_a_silent_server_is_suspected_before_it_is_convicted(demo: Demo, visitors: Visitors) -> None:
    demo.wait_for_keys()
    page = open_ring(visitors, demo)
    messages: list[dict[str, Any]] = []

    def follow(socket: WebSocket) -> None:
        socket.on("framereceived", lambda text: messages.append(json.loads(text)))

    page.page.on("websocket", follow)
    page.page.reload()
    at_rest(page.still().live()).page.evaluate(WATCH, 4)
    os.kill(server_of(demo, 4), signal.SIGSTOP)
    expect(page.row(4)).to_have_class("dead", timeout=PATIENCE_MS)

    came = [(one.get("topic"), one["data"].get("phase")) if "data" in one else one.get("kind") for one in messages]
    assert came.index(("suspicion", None)) < came.index(("work", "reassigning")) < came.index("node_killed")
    seen: list[tuple[str, str]] = page.page.evaluate("window.seen")
    strips, looks = zip(*seen, strict=True)
    suspected = next(i for i, words in enumerate(strips) if "cache-4 does not answer: 1 ping missed" in words)
    # Before the verdict the supervisor changes nothing. It may be counting, and wait for the silent server's figures.
    assert re.match("Idle|counting stored keys", strips[suspected])
    assert suspected < next(i for i, words in enumerate(strips) if "buckets go to their next owners" in words)
    assert max(suspected, looks.index("odd 4?")) < looks.index("dead 4")


def test_a_kill_on_the_page_ends_a_server_and_its_keys_are_stored_again(demo: Demo, visitors: Visitors) -> None:
    demo.wait_for_keys()
    page = open_ring(visitors, demo, operator=True).live()
    before = demo.servers()
    measured = page.page.locator("#panel-load > .plot, #panel-load > p")
    for part in measured.all():
        expect(part).to_be_in_viewport(ratio=1)
    page.act(action="kill", node=4)
    expect(page.row(4)).to_have_class("dead", timeout=PATIENCE_MS)
    for part in measured.all():  # what the death did to the clients is seen without scrolling
        expect(part).to_be_in_viewport(ratio=1)
    status = demo.wait_for_keys()
    (ended,) = before.keys() - demo.servers().keys()
    assert gone_within(ended)
    assert sum(node["stored_keys"] or 0 for node in status["nodes"]) == 20_000
    assert status["nodes"][3]["state"] == "down"
    expect(page.ring).to_have_attribute("data-version", str(status["version"]), timeout=PATIENCE_MS)
    timeline = visitors.open(demo, "clusters/demo/timeline/")
    row = timeline.locator("#log .what", has_text="cache-4 killed")
    asked = row.get_by_role("link", name="requested: kill cache-4")
    expect(asked).to_be_hidden()
    row.get_by_text("requested, took").click()
    expect(asked).to_be_visible()
    overview = visitors.open(demo)
    expect(overview.locator("#processes")).to_contain_text("Supervisor")
    expect(overview.locator("#processes")).to_contain_text("7 servers")


def test_the_silent_are_told_apart_at_every_size(demo: Demo, visitors: Visitors) -> None:
    """Most of them are silent, so that nobody is convicted while we look."""
    demo.wait_for_keys()
    page = at_rest(open_ring(visitors, demo, operator=True).live())
    others = [
        at_rest(open_ring(visitors, demo, operator=True, size=size, theme=theme).live())
        for size, theme in (((1024, 768), "dark"), (PHONE, "light"))
    ]
    for number in range(1, 6):
        os.kill(server_of(demo, number), signal.SIGSTOP)
    expect(page.page.locator("#nodes tr.odd")).to_have_count(5, timeout=PATIENCE_MS)
    expect(page.page.locator("#work")).to_contain_text("and 2 more nodes")
    card(page, 6).get_by_role("button", name="Freeze", exact=True).click()
    for each in (page, *others):
        expect(each.row(6)).to_have_class("odd", timeout=PATIENCE_MS)
        assert [each.row(number).locator(".chip").inner_text() for number in (5, 6, 7)] == ["5?", "6‖", "7"]
        assert_fits(each)
        assert violations(each.page) == []
    frozen = card(page, 6)
    expect(frozen).to_contain_text("If it is thawed or restarted before the verdict, it loses none.")
    frozen.get_by_role("button", name="Thaw", exact=True).click()
    expect(page.row(6)).not_to_have_class("odd", timeout=PATIENCE_MS)


def test_a_hand_does_what_a_card_offers_and_cancels_it(demo: Demo, visitors: Visitors) -> None:
    demo.wait_for_keys()
    page = at_rest(open_ring(visitors, demo, operator=True).live())
    card(page, 8).get_by_role("button", name="Restart", exact=True).click()
    expect(page.page.locator("#panel-more")).to_contain_text("cache-8 restarted", timeout=PATIENCE_MS)
    card(at_rest(page), 7).get_by_role("button", name="Drain", exact=True).click()
    expect(page.title).to_have_text("cache-7 is drained", timeout=PATIENCE_MS)
    card(at_rest(page), 7).get_by_role("button", name="Remove", exact=True).click()
    page.page.locator("#plan-acts").get_by_role("button", name="Commit").click()
    expect(page.title).to_have_text("cache-7 is removed", timeout=PATIENCE_MS)
    # The strip says something else ten times a second. Its button stays what and where it is, or no hand can click it.
    at_rest(page).page.evaluate(WATCH_CANCEL)
    page.act(action="add", name="cache-9")
    expect(page.title).to_have_text("cache-9 joined", timeout=PATIENCE_MS)
    same, places, said = page.page.evaluate("[new Set(seen.buttons).size, new Set(seen.places).size, seen.said.size]")
    assert (same, places) == (1, 1)
    assert said > 1
    at_rest(page)
    supervisor = demo.program("supervise")
    os.kill(supervisor, signal.SIGSTOP)  # else it may be done before the hand is there
    page.act(action="add", name="cache-10")
    page.page.locator("#work").get_by_role("button", name="Cancel: add cache-10").click()
    expect(page.title).to_have_text("Cancelling: add cache-10", timeout=PATIENCE_MS)
    os.kill(supervisor, signal.SIGCONT)
    expect(page.page.locator("#panel-more")).to_contain_text("cancelled: add cache-10", timeout=PATIENCE_MS)


@pytest.mark.long
def test_a_crowd_of_servers_fits_every_panel(demo: Demo, visitors: Visitors) -> None:
    size_of = "--nodes 25 --vnodes 8 --memory 32 --pattern k{n} --count 100000"
    made = demo.manage("ring", "create", "crowd", "--managed", *size_of.split(), "--wait")
    assert made.returncode == 0, made.stderr
    for size in ((1440, 900), (1024, 768), PHONE):
        page = open_ring(visitors, demo, "clusters/crowd/?theme=dark", operator=True, size=size).live()
        expect(page.page.locator("#nodes").get_by_role("button", name="Unpin").first).to_be_visible()
        assert_fits(page)
