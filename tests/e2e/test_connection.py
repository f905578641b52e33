"""A connection that is lost is said in words; when the server is back the page is live again by itself."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, expect

from tests import demos
from tests.demos import Demo
from tests.e2e.ring_page import DEMO, PATIENCE_MS, SEEDED, RingPage, open_own, open_ring
from tests.e2e.stage import Own, simulated
from tests.e2e.visitors import Visitors

LOST = "WebSocket|ERR_|Failed to load|The server did not answer"
DELETE = """
from live.actor import Actor
from ringviz.services.clusters import delete_cluster
delete_cluster(slug="SLUG", actor=Actor(name="test", origin="seed", may_operate=True))
"""


def is_lost(page: RingPage) -> None:
    expect(page.live_words).to_have_attribute("data-state", "lost", timeout=PATIENCE_MS)
    expect(page.live_words).to_have_text(re.compile(r"Nothing heard since \d\d:\d\d:\d\d"))
    strip = page.page.locator("#lost")
    expect(strip).to_have_text(re.compile(r"Nothing heard since \d\d:\d\d:\d\d, .+ ago\. This is the last state"))
    expect(page.page.locator("body")).to_have_class(re.compile("lost"))
    greyed = page.page.evaluate("() => getComputedStyle(document.querySelector('#main')).filter")
    greyed_well = page.page.evaluate("() => getComputedStyle(document.querySelector('#well')).filter")
    assert "grayscale" in greyed + greyed_well or "saturate" in greyed + greyed_well
    for control in ("#add-open", "#keys-open", "#vnodes"):
        expect(page.page.locator(control)).to_be_disabled()
    expect(page.page.locator("#core")).not_to_contain_text("Click any arc")


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """A process that does nothing meanwhile: the keeper does not start what died."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_killed_server_comes_back_with_what_was_missed(simulated_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, simulated_demo, operator=True).at(SEEDED).live()
    visitors.watch(page.page).allow(LOST)
    page.page.evaluate("() => { globalThis.neverReloaded = true; }")
    web = simulated_demo.program("uvicorn")
    with stopped(simulated_demo.process.pid):
        os.kill(web, signal.SIGKILL)
        is_lost(page)
        page.page.get_by_role("button", name="Try now").click()  # in vain
        for node in ("cache-4", "cache-5"):
            assert simulated_demo.manage("ring", "kill", node).returncode == 0
        page.at(SEEDED)
    page.at(SEEDED + 2).live()
    expect(page.title).to_have_text("cache-5 is down")
    for number in (4, 5):
        expect(page.row(number)).to_have_class("dead")
    expect(page.page.locator("#lost")).to_be_hidden()
    expect(page.page.locator("#add-open")).to_be_enabled()
    expect(page.page.locator("#strip")).to_have_attribute("aria-valuemax", str(SEEDED + 2))
    assert page.page.evaluate("() => neverReloaded")


def kill_button(page: RingPage, node: int) -> Locator:
    return page.page.get_by_role("button", name=f"Kill cache-{node}", exact=True)


def test_a_click_while_nothing_is_heard_waits_is_not_sent_and_can_be_taken_back(
    simulated_demo: Demo, visitors: Visitors
) -> None:
    page = open_ring(visitors, simulated_demo, operator=True).at(SEEDED).live()
    visitors.watch(page.page).allow(LOST)
    waiting = page.page.locator("#waiting")
    web = simulated_demo.program("uvicorn")
    with stopped(web):
        is_lost(page)
        kill_button(page, 2).click()
        expect(waiting).to_contain_text("Kill cache-2 is waiting for the server.")
        waiting.get_by_role("button", name="Take back").click()
        expect(waiting).to_contain_text("Kill cache-2 was taken back. It was never sent.")
        kill_button(page, 3).click()
        expect(waiting).to_contain_text("Kill cache-3 is waiting for the server.")
    page.live()
    expect(waiting).to_contain_text("Kill cache-3 has not been sent.")
    assert page.state()["v"] == SEEDED
    waiting.get_by_role("button", name="Send", exact=True).click()
    page.at(SEEDED + 1)
    expect(page.title).to_have_text("cache-3 is down")
    expect(waiting).to_have_text("")


def test_a_click_that_a_frozen_server_finds_later_does_not_strike(simulated_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, simulated_demo, operator=True).at(SEEDED).live()
    visitors.watch(page.page).allow(LOST)
    waiting = page.page.locator("#waiting")
    with (
        stopped(simulated_demo.program("uvicorn")),
        # It is given up after 5 s, and lies in a buffer of the server's.
        page.page.expect_event("requestfailed", lambda request: request.url.endswith("/act")),
    ):
        kill_button(page, 2).click()  # the page still believes that it is live
        expect(waiting).to_contain_text("Kill cache-2 is waiting for the server.")
        expect(page.live_words).to_have_attribute("data-state", "lost", timeout=PATIENCE_MS)
    page.live()
    expect(waiting).to_contain_text("Kill cache-2 got no answer.")
    assert page.state()["v"] == SEEDED
    waiting.get_by_role("button", name="Send again").click()
    page.at(SEEDED + 1)
    expect(page.title).to_have_text("cache-2 is down")
    expect(waiting).to_have_text("")


def test_every_page_says_within_seconds_that_it_hears_nothing_and_blames_nobody(
    simulated_demo: Demo, visitors: Visitors
) -> None:
    pages = [visitors.open(simulated_demo, path) for path in ("", DEMO, DEMO + "timeline/", "locks/embedded/")]
    for page in pages:
        visitors.watch(page).allow(LOST + "|htmx")
        expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    with stopped(simulated_demo.program("uvicorn")):
        for page in pages:
            expect(page.locator("#live")).to_have_text(re.compile(r"^Nothing heard since \d\d:\d\d:\d\d$"))
            expect(page.locator("#lost")).to_have_text(re.compile(r"^Nothing heard since \d\d:\d\d:\d\d"))
            expect(page.locator("#lost")).not_to_have_text(re.compile(r"\bdown\b|Redis|Valkey|database"))
    for page in pages:
        expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
        expect(page.locator("#lost")).to_be_hidden()


def test_a_ring_of_servers_that_hears_nothing_says_nothing_of_its_supervisor(demo: Demo, visitors: Visitors) -> None:
    page = RingPage(visitors.open(demo, DEMO)).live()
    visitors.watch(page.page).allow(LOST)
    work = page.page.locator("#work")
    expect(work).to_contain_text("Idle", timeout=PATIENCE_MS)
    with stopped(demo.program("uvicorn")):
        expect(page.page.locator("#lost")).to_contain_text(re.compile(r", [6-9] s ago"))
        expect(work).to_have_text("Nothing heard, so what is running is unknown.")
    page.live()
    expect(work).to_contain_text("Idle", timeout=PATIENCE_MS)


def test_a_database_made_anew_is_taken_over_whole(simulated_copy: Path, browser: Browser) -> None:
    visitors = Visitors(browser)
    with demos.running(simulated_copy) as first:
        page = open_ring(visitors, first).live()
        visitors.watch(page.page).allow(LOST)
        assert first.manage("ring", "kill", "cache-4").returncode == 0
        page.at(SEEDED + 1).live()
        epoch = page.state()["epoch"]
        port = urlsplit(first.url).port
        assert first.end() == 0
        expect(page.live_words).to_have_attribute("data-state", "lost", timeout=PATIENCE_MS)
    simulated(simulated_copy)
    with demos.running(simulated_copy, PORT=str(port)) as second:
        assert second.url == f"http://127.0.0.1:{port}/"
        page.at(SEEDED).live()
        assert page.state()["epoch"] != epoch
        expect(page.title).to_contain_text("8 nodes share")
        expect(page.row(4)).not_to_have_class("dead")
        assert second.manage("ring", "kill", "cache-2").returncode == 0
        page.at(SEEDED + 1)
        expect(page.row(2)).to_have_class("dead")
        visitors.leave()


def test_a_cluster_that_is_deleted_is_said(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own).live()
    gone = DELETE.replace("SLUG", own.slug)
    made = own.demo.manage("shell", "-c", gone)
    assert made.returncode == 0, made.stderr
    expect(page.live_words).to_have_text("Cluster deleted", timeout=PATIENCE_MS)
    expect(page.page.locator("#lost")).to_contain_text("This cluster was deleted. What is shown is its last state.")
    expect(page.page.locator("#add-open")).to_be_disabled()


def test_requests_asked_for_while_nothing_is_heard_wait_and_can_be_taken_back(demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(demo, f"{DEMO}balancer/", operator=True)
    visitors.watch(page).allow(LOST + "|htmx")
    live, waiting = page.locator("#live"), page.locator("#waiting")
    expect(live).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    start = page.get_by_role("button", name="Start", exact=True)
    with stopped(demo.program("uvicorn")):
        expect(live).to_have_attribute("data-state", "lost", timeout=PATIENCE_MS)
        start.click()
        expect(waiting).to_contain_text("The new setting is waiting for the server.")
        waiting.get_by_role("button", name="Take back").click()
        expect(waiting).to_contain_text("The new setting was taken back. It was never sent.")
    expect(live).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    expect(page.locator("#main")).to_have_attribute("data-state", "idle")
