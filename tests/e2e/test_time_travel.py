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


def test_an_unknown_version_says_so_and_what_is_shown(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo, "clusters/demo/?v=999").at(SEEDED).live()
    notice = page.page.locator("#notice")
    expect(notice).to_contain_text(
        f"There is no version 999. The page opened at the newest version, {SEEDED}, instead."
    )
    notice.get_by_role("button", name="Close").click()
    expect(notice).to_be_hidden()


def test_back_and_forward_step_without_a_reload(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo).at(SEEDED).live()
    page.page.evaluate("window.same = true")
    page.page.get_by_role("button", name="Previous event").click()
    page.at(SEEDED - 1)
    page.page.keyboard.press("ArrowLeft")
    page.at(SEEDED - 2)
    page.page.go_back()
    page.at(SEEDED - 1)
    expect(page.page).to_have_url(re.compile(rf"\?v={SEEDED - 1}$"))
    page.page.go_back()
    page.at(SEEDED).live()
    page.page.go_forward()
    page.page.go_forward()
    page.at(SEEDED - 2)
    expect(page.live_words).to_have_attribute("data-state", "viewing")
    page.page.get_by_role("button", name="Go live").click()
    page.at(SEEDED).live()
    page.page.go_back()
    page.at(SEEDED - 2)
    assert page.page.evaluate("window.same")


def test_a_drag_over_the_strip_is_one_entry(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo).at(SEEDED).live()
    length = page.page.evaluate("history.length")
    box = page.page.locator("#strip").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + box["width"] * 0.7, middle)
    page.page.mouse.down()
    for share in (0.5, 0.3, 0.1, 0.02):
        page.page.mouse.move(box["x"] + box["width"] * share, middle, steps=3)
    page.page.mouse.up()
    page.at(1)
    assert page.page.evaluate("history.length") == length + 1
    page.page.go_back()
    page.at(SEEDED).live()


def test_the_presentation_names_the_past(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo, "clusters/demo/?v=2").at(2)
    page.page.keyboard.press("p")
    expect(page.page.locator("body")).to_have_class(re.compile("present"))
    expect(page.live_words).to_be_visible()
    expect(page.live_words).to_contain_text("Viewing")
    expect(page.page.locator(".nav")).to_be_hidden()
    page.page.keyboard.press("End")
    page.page.evaluate("document.querySelector('#head button').click()")
    page.at(SEEDED)
    expect(page.live_words).to_be_hidden()
