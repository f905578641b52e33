"""The past of the ring: everything on the page is of the moment that it says, and nothing can be done to it."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.demos import Demo
from tests.e2e.ring_page import SEEDED, RingPage, grouped, number, open_own, open_ring
from tests.e2e.stage import Own
from tests.e2e.visitors import Visitors


def test_every_figure_is_of_the_moment(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo, operator=True).at(SEEDED).live()
    for version in range(SEEDED - 1, 0, -1):
        page.page.get_by_role("button", name="Previous event").click()
        page.at(version)
        is_of(page, page.state(version))
    expect(page.page.get_by_role("button", name="Previous event")).to_be_disabled()
    nothing_can_be_done(page)
    page.page.get_by_role("button", name="Go live").click()
    page.at(SEEDED).live()
    expect(page.page.locator("#add-open")).to_be_enabled()


def is_of(page: RingPage, told: dict[str, Any]) -> None:
    """The words, the strip, the table and the drawing are of this version."""
    state, version = told["state"], told["v"]
    nodes = state["nodes"]
    expect(page.live_words).to_have_text(re.compile(r"Viewing \d\d:\d\d:\d\d"))
    expect(page.page.locator("#pos")).to_contain_text(f"Event {version} of {SEEDED}")
    later = SEEDED - version
    expect(page.page.locator("#head")).to_contain_text(f"{later} event{'s' * (later > 1)} later")
    expect(page.page.locator("#strip")).to_have_attribute("aria-valuenow", str(version))
    expect(page.ring).to_have_attribute("data-tokens", str(sum(node["tokens"] for node in nodes)))
    rows = page.page.locator("#nodes tbody tr")
    expect(rows).to_have_count(len(nodes))
    for node in nodes:
        assert number(page.row(node["number"]).locator("td.num").first.inner_text()) == node["keys"]
    if version > 1:
        expect(page.title).to_have_text(f"{nodes[-1]['name']} joined")
        movement = told["event"]["payload"]["movement"]
        expect(page.ring).to_have_attribute("data-moved", str(movement["moved"]))
        share = f"{movement['moved'] / movement['keys']:.1%}"
        expect(page.page.locator("#core .big")).to_have_text(share)
    else:
        expect(page.title).to_have_text(f"3 nodes share {grouped(state['keys']['count'])} keys")


def nothing_can_be_done(page: RingPage) -> None:
    expect(page.page.locator("#undo")).to_be_hidden()
    for control in ("#add-open", "#keys-open", "#vnodes", "#strategy", "#copies button", "#nodes button.x"):
        for one in page.page.locator(control).all():
            expect(one).to_be_disabled()
    expect(page.page.locator("#core")).not_to_contain_text("Click any arc")
    page.page.locator("#nodes button.name").first.click()
    dialog = page.page.locator("#node-dialog")
    expect(dialog).to_contain_text("Go live to change the ring")
    expect(dialog.locator("button.btn")).to_have_count(1)
    page.page.keyboard.press("Escape")


def test_a_link_opens_the_moment_and_an_event_only_moves_the_strip(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, "?v=4&key=moment&node=2", operator=True).at(4)
    expect(page.title).to_have_text("cache-6 joined")
    expect(page.page.get_by_label("Key", exact=True)).to_have_value("moment")
    expect(page.page.locator("#walk")).to_contain_text("Owner")
    told = (page.title.inner_text(), page.page.locator("#nodes").inner_text(), page.page.locator("#walk").inner_text())
    expect(page.page.locator("#head")).to_contain_text("2 events later")

    page.act(action="kill", node=4)
    expect(page.page.locator("#head")).to_contain_text("3 events later")
    expect(page.page.locator("#pos")).to_contain_text(f"Event 4 of {SEEDED + 1}")
    page.at(4)
    assert told == (
        page.title.inner_text(),
        page.page.locator("#nodes").inner_text(),
        page.page.locator("#walk").inner_text(),
    )
    other = open_ring(visitors, own.demo, page.page.url.removeprefix(own.demo.url)).at(4)
    assert told[0] == other.title.inner_text()
    assert told[2] == other.page.locator("#walk").inner_text()

    page.page.locator("#strip").focus()
    page.page.keyboard.press("Home")
    page.at(1)
    page.page.keyboard.press("End")
    page.at(SEEDED + 1).live()
    expect(page.row(4)).to_have_class("dead")


def test_the_timeline_page_leads_to_a_moment(calm_demo: Demo, visitors: Visitors) -> None:
    timeline = visitors.open(calm_demo, "clusters/demo/timeline/")
    timeline.get_by_role("link", name="cache-6 added").click()
    timeline.wait_for_url(re.compile(r"/clusters/demo/\?v=4"))
    page = RingPage(timeline).at(4)
    expect(page.title).to_have_text("cache-6 joined")
    far = visitors.open(calm_demo, "clusters/demo/?v=999")
    expect(far.locator("body")).to_be_visible()
