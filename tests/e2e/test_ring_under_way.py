"""What a page shows that was not open when it happened: the last change, and what is under way. Nothing shifts."""

import os
import re
import signal
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.demos import Demo
from tests.e2e.ring_page import PATIENCE_MS, SEEDED, RingPage, open_own, open_ring
from tests.e2e.stage import Own
from tests.e2e.visitors import Visitors, violations

WELL = "document.querySelector('#well').getBoundingClientRect().toJSON()"


def shown(page: RingPage) -> dict[str, Any]:
    """What is said and drawn of a change."""
    ring = page.ring
    return {
        "caption": page.page.locator(".cap").inner_text(),
        "middle": page.page.locator("#core").inner_text(),
        "moved": ring.get_attribute("data-moved"),
        "mode": ring.get_attribute("data-mode"),
        "panel": page.page.locator("#panel-more").inner_text(),
        "legend": page.page.locator("#legend").text_content(),
    }


def test_a_page_opened_after_a_change_shows_it_as_an_open_one_until_done(own: Own, visitors: Visitors) -> None:
    first = open_own(visitors, own, operator=True).at(SEEDED).live()
    expect(first.page.locator("#core")).to_contain_text("Click any arc")
    first.act(action="kill", node=4)
    first.at(SEEDED + 1)
    expect(first.title).to_have_text("cache-4 is down")

    late = open_own(visitors, own).at(SEEDED + 1)
    assert shown(late) == shown(first)
    assert late.ring.get_attribute("data-mode") == "changed"
    assert violations(late.page) == []

    late.page.get_by_role("button", name="Done").click()
    expect(late.ring).to_have_attribute("data-mode", "calm")
    late.page.reload()
    late.still()
    assert late.ring.get_attribute("data-mode") == "calm"
    first.page.reload()
    first.still()
    assert first.ring.get_attribute("data-mode") == "changed", "only who pressed Done is done with it"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768)])
def test_no_words_shift_the_ring(own: Own, visitors: Visitors, width: int, height: int) -> None:
    page = open_own(visitors, own, operator=True, size=(width, height)).at(SEEDED).live()
    calm = page.page.evaluate(WELL)
    page.act(action="kill", node=4)
    page.at(SEEDED + 1)
    assert page.page.evaluate(WELL) == calm
    page.act(action="add", name="a-node-with-a-name-that-is-rather-long-for-a-title-above-a-ring")
    page.at(SEEDED + 2)
    assert page.page.evaluate(WELL) == calm


def test_after_a_kill_the_moved_keys_and_their_flow_are_in_view(demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, demo, operator=True, size=(1440, 900)).live()
    expect(page.page.locator("#work")).to_have_text(re.compile("^Idle"), timeout=PATIENCE_MS)
    page.act(action="kill", node=4)
    expect(page.title).to_have_text("cache-4 is down", timeout=PATIENCE_MS)
    rail = page.page.locator(".rail.r").bounding_box()
    assert rail
    for part in ("#panel-more .led", "#flow", "#panel-more .more button"):
        box = page.page.locator(part).bounding_box()
        assert box, part
        assert box["y"] + box["height"] <= rail["y"] + rail["height"], part


def test_what_moves_is_drawn_while_it_moves_also_on_a_page_opened_meanwhile(demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, demo, operator=True).live()
    expect(page.page.locator("#work")).to_have_text(re.compile("^Idle"), timeout=PATIENCE_MS)
    supervisor = demo.program("supervise")
    os.kill(supervisor, signal.SIGSTOP)  # the request stays open for as long as we look
    try:
        page.act(action="drain", node=6)
        late = RingPage(visitors.open(demo, "clusters/demo/"))
        for one in (page, late):
            expect(one.ring).to_have_attribute("data-mode", "moving", timeout=PATIENCE_MS)
            expect(one.title).to_have_text("Draining cache-6")
            expect(one.page.locator("#core")).to_contain_text("2,582 keys to move")
            expect(one.page.locator("#panel-more")).to_contain_text("2,582to move")
            expect(one.page.locator("#flow")).to_be_visible()
        assert shown(late) == shown(page)
        assert violations(late.page) == []
    finally:
        os.kill(supervisor, signal.SIGCONT)
    for one in (page, late):
        expect(one.title).to_have_text("cache-6 is drained", timeout=PATIENCE_MS)
        expect(one.ring).to_have_attribute("data-mode", "changed")


def test_the_time_flag_does_not_cover_the_title_of_the_strip(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, "?v=1", size=(1440, 900)).at(1)
    flag = page.page.locator("#strip rect").last.bounding_box()
    title = page.page.locator("#strip text", has_text="Share of keys").bounding_box()
    assert flag
    assert title
    assert title["x"] + title["width"] <= flag["x"] or title["x"] >= flag["x"] + flag["width"]
