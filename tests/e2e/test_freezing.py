"""A freeze on the demo leaves time to be seen and thawed: a countdown with Thaw beside it, on every open page."""

import re

from playwright.sync_api import Page, expect

from tests.demos import Demo
from tests.e2e.ring_page import PATIENCE_MS, RingPage, open_ring
from tests.e2e.visitors import Visitors

COUNTING = re.compile(r"^frozen, verdict in [1-8] s$")


def open_at_rest(visitors: Visitors, demo: Demo) -> RingPage:
    """The demo's cluster of servers, formed and filled."""
    page = RingPage(visitors.open(demo, "clusters/demo/", operator=True)).live()
    expect(page.page.locator("#nodes button.x").first).to_have_text("Kill", timeout=PATIENCE_MS)
    return page


def seconds_left(page: Page, node: int) -> int:
    text = page.locator(f"#nodes tr[data-node='{node}'] .due").inner_text()
    return int(re.sub(r"\D", "", text))


def test_a_freeze_is_counted_down_everywhere_and_thawed_from_the_row(demo: Demo, visitors: Visitors) -> None:
    page = open_at_rest(visitors, demo)
    page.row(3).get_by_role("button", name="cache-3", exact=True).click()
    page.page.get_by_role("button", name="Freeze").click()
    expect(page.row(3).locator(".due")).to_have_text(COUNTING)
    began = seconds_left(page.page, 3)
    meanwhile = open_ring(visitors, demo)
    expect(meanwhile.row(3).locator(".due")).to_have_text(COUNTING)
    assert seconds_left(meanwhile.page, 3) <= began
    page.row(3).get_by_role("button", name="cache-3", exact=True).click()
    dialog = page.page.locator("#node-dialog")
    expect(dialog.locator(".due")).to_have_text(COUNTING)
    expect(dialog.get_by_role("button", name="Thaw")).to_be_visible()
    page.page.keyboard.press("Escape")
    page.row(3).get_by_role("button", name="Thaw cache-3").click()
    for one in (page, meanwhile):
        expect(one.row(3).locator(".due")).to_have_count(0)
        expect(one.row(3)).not_to_have_class(re.compile("odd|dead"))


def test_nobody_thaws_it_and_the_timeline_says_freeze_and_verdict(demo: Demo, visitors: Visitors) -> None:
    page = open_at_rest(visitors, demo)
    assert demo.manage("ring", "freeze", "cache-5").returncode == 0
    expect(page.row(5).locator(".due")).to_have_text(COUNTING)
    expect(page.row(5)).to_have_class("dead", timeout=PATIENCE_MS)
    page.page.goto(f"{page.base}timeline/")
    log = page.page.locator("#log")
    expect(log).to_contain_text("cache-5 frozen")
    expect(log).to_contain_text("cache-5 stopped responding")


def test_the_time_is_set_beside_the_ring_and_a_mistake_is_told_there(demo: Demo, visitors: Visitors) -> None:
    page = open_at_rest(visitors, demo)
    visitors.watch(page.page).allow("400")  # the mistake
    field = page.page.get_by_label("Verdict on a freeze after, s")
    expect(field).to_have_value("8")
    field.fill("99")
    field.press("Enter")
    expect(page.page.locator("#verdict-delay-error")).to_have_text("Give 0 to 60 seconds.")
    field.fill("12.5")
    field.press("Enter")
    expect(page.page.locator("#verdict-delay-error")).to_be_hidden()
    assert demo.manage("ring", "configure", "--verdict-delay", "0").returncode == 0
    expect(field).to_have_value("0", timeout=PATIENCE_MS)
