"""Why this node, in a browser: requests of a real driver, their draws, candidates, and the choice that follows."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import demos, started
from tests.demos import Demo
from tests.e2e.visitors import PHONE, Visitors, violations

PATH = "clusters/demo/balancer/"
WITHIN_MS = 90_000


@pytest.fixture(scope="module")
def served(seeded_folder: Path) -> Iterator[Demo]:
    """A demo whose servers all stay, for the tests of this file."""
    with started.folder() as folder:
        shutil.copytree(seeded_folder, folder, dirs_exist_ok=True)
        with demos.running(folder) as demo:
            yield demo


def sending(served: Demo, visitors: Visitors) -> Page:
    """An operator's page, on which two choices drives requests."""
    page = visitors.open(served, f"{PATH}?policy=p2c&rate=200&skew=0&seed=7", operator=True)
    start = page.locator("#idle").get_by_role("button", name="Start")
    if start.is_visible():
        start.click()
    expect(page.locator("#running")).to_be_visible()
    expect(page.locator("#lanes .now b").first).to_have_text(re.compile(r"\d"), timeout=WITHIN_MS)
    return page


def opened(page: Page) -> Locator:
    """The panel, with a request in it."""
    panel = page.locator("#why")
    expect(panel.locator("[data-state=kept]")).to_be_visible()
    expect(panel).not_to_have_attribute("aria-busy", "true")
    return panel


def request_of(panel: Locator) -> str:
    return str(panel.locator("[data-state=kept]").get_attribute("data-request"))


def candidates(panel: Locator) -> list[list[str]]:
    rows = panel.locator("table").first.locator("tbody tr").all()
    return [[name.split()[-1], *rest] for name, *rest in (row.locator("th, td").all_inner_texts() for row in rows)]


def assert_the_choice_follows(panel: Locator) -> None:
    """From the draws that are shown: two nodes, of which the one with fewer in flight was sent the request."""
    drawn = re.findall(r"0\.\d{4}", panel.get_by_text("Random draws").inner_text())
    rows = candidates(panel)
    first, second = (rows[int(float(draw) * len(rows))] for draw in drawn)
    wanted = first if int(first[3]) <= int(second[3]) else second
    assert panel.locator("tr.hit th").inner_text().split()[-1] == wanted[0]
    assert panel.locator("h2").inner_text() == f"Why {wanted[0]}"
    assert wanted[0] in panel.locator(".ans").inner_text()
    assert {row[0] for row in rows if row[4] != "not drawn"} == {first[0], second[0]}
    assert panel.locator(".why-picture .hit .load").text_content() == wanted[3]


@pytest.mark.no_cover
def test_a_request_is_explained_and_others_are_a_click_away(served: Demo, visitors: Visitors) -> None:
    page = sending(served, visitors)
    button = page.get_by_role("button", name="Why this node?")
    button.click()
    panel = opened(page)
    expect(panel.locator("#why-title")).to_be_focused()
    assert_the_choice_follows(panel)
    expect(panel.locator(".end")).to_contain_text("About one request in 10 is stored.")
    expect(panel.locator(".others th")).to_have_text(
        ["Round robin", "Least connections", "Shortest queue", "Hash ring", "Bounded ring"]
    )
    first = request_of(panel)
    assert f"why={first}" in page.url
    assert violations(page, within="#why") == []

    panel.get_by_role("button", name="Previous request").click()
    expect(panel.locator("[data-state=kept]")).not_to_have_attribute("data-request", first)
    assert_the_choice_follows(opened(page))
    expect(panel.get_by_role("button", name="Previous request")).to_be_focused()
    panel.get_by_role("button", name="Next request").click()
    expect(panel.locator("[data-state=kept]")).to_have_attribute("data-request", first)

    panel.get_by_role("button", name="Slowest").click()
    expect(panel.locator(".end")).to_contain_text("The slowest stored request under this policy.")
    assert_the_choice_follows(opened(page))

    panel.locator("tbody").first.get_by_role("button", name="cache-2").click()
    expect(panel.locator("h2")).to_have_text("Why cache-2")
    page.locator("#lanes [data-node='3'] .plot").click()
    expect(panel.locator("h2")).to_have_text("Why cache-3")

    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert "why=" not in page.url
    button.click()
    opened(page)
    panel.get_by_role("button", name="Close").click()
    expect(button).to_be_focused()


@pytest.mark.no_cover
def test_a_copied_link_leads_to_that_request_or_says_that_it_is_gone(served: Demo, visitors: Visitors) -> None:
    page = sending(served, visitors)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Why this node?").click()
    panel = opened(page)
    request, words = request_of(panel), panel.locator(".ans").inner_text()
    panel.get_by_role("button", name="Copy link").click()
    expect(panel.get_by_role("button", name="Copied")).to_be_visible()
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert link.endswith(f"/{PATH}?why={request}")

    watcher = visitors.open(served, f"{PATH}?why={request}", size=PHONE)
    other = opened(watcher)
    assert (request_of(other), other.locator(".ans").inner_text()) == (request, words)
    assert violations(watcher, within="#why") == []
    width = watcher.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0]

    gone = visitors.open(served, f"{PATH}?why=c0ffee00-1")
    expect(gone.locator("#why .ans")).to_have_text("This request is no longer stored.")
    gone.locator("#why").get_by_role("button", name="Newest").click()
    opened(gone)


@pytest.mark.no_cover
def test_a_page_asks_for_what_came_before_it_was_opened(served: Demo, visitors: Visitors) -> None:
    page = sending(served, visitors)
    page.wait_for_function("async () => (await (await fetch('recent')).json()).length > 10", timeout=WITHIN_MS)
    frames = page.evaluate("async () => (await fetch('recent')).json()")
    assert all(frame["on"] and frame["nodes"] and frame["steps"]["in_flight"] for frame in frames)
    assert [frame["at"] for frame in frames] == sorted(frame["at"] for frame in frames)
    with page.expect_response("**/recent"):
        page.reload(wait_until="commit")
