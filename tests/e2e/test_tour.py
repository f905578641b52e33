"""The tour of a first visit: on the real page, beside what it points at, and never in the way."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.demos import Demo
from tests.e2e.recompute import PlainRing
from tests.e2e.ring_page import DEMO, DEMO_NODES, DEMO_TOKENS, RingPage, open_own, open_ring
from tests.e2e.stage import Own
from tests.e2e.visitors import PHONE, Visitors, violations

SIZES = {
    "desktop": (1440, 900),
    "tablet": (1024, 768),
    "phone": (390, 844),
    "landscape": (844, 390),
    "zoomed": (720, 450),
}

# The tour and the frame around what it points at are apart, and both are in the window.
APART = """
() => {
  const [panel, mark] = ["#tour", ".tour-mark"].map((one) => document.querySelector(one).getBoundingClientRect());
  const aside = panel.right <= mark.left || mark.right <= panel.left;
  const apart = aside || panel.bottom <= mark.top || mark.bottom <= panel.top;
  const within = ({ left, top, right, bottom }, by) =>
    left >= -by && top >= -by && right <= innerWidth + by && bottom <= innerHeight + by;
  return apart && mark.width > 0 && mark.height > 0 && within(panel, 0) && within(mark, 4);
}
"""


def tour(page: RingPage) -> Locator:
    return page.page.locator("#tour")


def on_step(page: RingPage, name: str, count: str) -> None:
    expect(tour(page)).to_have_attribute("data-step", name)
    expect(tour(page)).to_contain_text(count)


def press(page: RingPage, name: str) -> None:
    tour(page).get_by_role("button", name=name, exact=True).click()


def test_an_operator_takes_the_four_steps_on_the_real_page_and_sees_them_once(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, operator=True, reduced_motion=True, first_visit=True)
    on_step(page, "find", "Step 1 of 4")
    assert page.page.evaluate("document.activeElement === document.body"), "the focus was taken"
    expect(page.page.locator("#core")).to_contain_text(re.compile(r"Click any arc\s*to kill that node"))
    expect(page.said).to_have_text(re.compile("^Step 1 of 4: Find a key"))
    assert tour(page).get_attribute("data-done") == "false"
    page.page.locator("#key").fill("moment")
    expect(tour(page)).to_have_attribute("data-done", "true")

    press(page, "Next")
    on_step(page, "click", "Step 2 of 4")
    expect(tour(page)).to_contain_text("Click any arc to kill that node.")
    page.click_arc("cache-4", PlainRing(DEMO_NODES, DEMO_TOKENS))
    expect(tour(page)).to_have_attribute("data-done", "true")
    expect(tour(page)).to_contain_text("Only the arcs in colour changed owner.")

    press(page, "Next")
    on_step(page, "balance", "Step 3 of 4")
    press(page, "Next")
    on_step(page, "back", "Step 4 of 4")
    page.page.locator("#back").click()
    expect(tour(page)).to_have_attribute("data-done", "true")
    press(page, "Back")
    on_step(page, "balance", "Step 3 of 4")
    press(page, "Next")
    press(page, "Done")
    expect(tour(page)).to_be_hidden()

    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))
    page.page.goto(f"{own.demo.url}{own.path}")
    page.still().live()
    expect(tour(page)).to_be_hidden()
    assert not [url for url in asked if "tour.js" in url or "tour.css" in url]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_covers_nothing_that_it_points_at_at_any_size(
    calm_demo: Demo, visitors: Visitors, size: str, theme: str
) -> None:
    page = open_ring(visitors, calm_demo, first_visit=True, size=SIZES[size], theme=theme, reduced_motion=True)
    for name in ("find", "click", "balance", "back"):
        expect(tour(page)).to_have_attribute("data-step", name)
        page.page.wait_for_function(APART)
        if size in ("desktop", "phone"):
            assert violations(page.page, within="#tour") == []
        if name != "back":
            press(page, "Next")
    press(page, "Done")
    expect(page.page.locator(".tour-mark")).to_be_hidden()


def test_nothing_moves_where_it_stands(calm_demo: Demo, visitors: Visitors) -> None:
    first = open_ring(visitors, calm_demo, reduced_motion=True, first_visit=True).live()
    expect(tour(first)).to_be_visible()
    other = open_ring(visitors, calm_demo, reduced_motion=True).live()

    def places(page: RingPage) -> list[object]:
        return [page.page.locator(one).bounding_box() for one in ("#key", "#ring", "#core", "#nodes", "#back")]

    assert places(first) == places(other)


@pytest.mark.parametrize("query", ["?v=4", "?key=moment", "?plan=kill&node=2", "?node=2"])
def test_a_link_to_something_shows_that_alone(calm_demo: Demo, visitors: Visitors, query: str) -> None:
    page = open_ring(visitors, calm_demo, DEMO + query, first_visit=True)
    expect(page.live_words).to_have_attribute("data-state", re.compile("live|viewing"))
    expect(tour(page)).to_be_hidden()


def test_the_help_shows_it_again_and_escape_closes_it(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo).live()
    expect(tour(page)).to_be_hidden()
    page.page.locator("#help-button").click()
    page.page.get_by_role("button", name="Show the tour").click()
    on_step(page, "find", "Step 1 of 4")
    expect(tour(page).get_by_role("button", name="Next")).to_be_focused()
    page.page.keyboard.press("p")
    expect(tour(page)).to_be_hidden()
    page.page.keyboard.press("p")
    expect(tour(page)).to_be_visible()
    tour(page).get_by_role("button", name="Next").focus()
    page.page.keyboard.press("Escape")
    expect(tour(page)).to_be_hidden()
    expect(page.ring).to_be_focused()


def test_on_a_phone_the_menu_has_the_help_and_with_it_the_tour(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo, size=PHONE).live()
    page.page.locator("#menu-button").click()
    page.page.get_by_role("button", name="Help").click()
    page.page.get_by_role("button", name="Show the tour").click()
    on_step(page, "find", "Step 1 of 4")


def test_a_browser_without_storage_has_the_page_and_no_tour(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo, first_visit=True)
    refuse = 'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("refused"); } })'
    page.add_init_script(refuse)
    page.goto(f"{calm_demo.url}{DEMO}")
    ring = RingPage(page).still().live()
    expect(tour(ring)).to_be_hidden()
    page.locator("#help-button").click()
    page.get_by_role("button", name="Show the tour").click()
    on_step(ring, "find", "Step 1 of 4")


def test_a_watcher_is_told_of_a_preview(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo, first_visit=True, reduced_motion=True).live()
    press(page, "Next")
    expect(tour(page)).to_contain_text("Click any arc to preview losing that node. Nothing happens to the ring.")
    page.click_arc("cache-4", PlainRing(DEMO_NODES, DEMO_TOKENS))
    expect(tour(page)).to_contain_text("Only the arcs in colour would change owner.")
    press(page, "Next")
    expect(tour(page)).to_contain_text("Discard the plan to see the node list again.")
    discard(page.page)
    expect(tour(page)).to_contain_text("Each bar is the keys of a node.")


def discard(page: Page) -> None:
    page.locator("#plan-acts").get_by_role("button", name="Discard").click()
