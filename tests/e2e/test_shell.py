"""The overview, the timeline and the frame in a real browser: live, narrow, dark, without connection, by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.demos import Demo
from tests.e2e.stage import Own
from tests.e2e.visitors import PHONE, Visitors, violations

TIMELINE = "clusters/demo/timeline/"
PATIENCE_MS = 15_000


def is_live(page: Page) -> None:
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)


def test_the_overview_follows_a_kill_from_the_command_line(simulated_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(simulated_demo)
    is_live(page)
    row = page.locator("#cluster-demo")
    expect(row).to_have_attribute("data-version", "6")
    page.focus("#to-demo")
    simulated_demo.manage("ring", "kill", "cache-4")
    expect(row).to_have_attribute("data-version", "7", timeout=PATIENCE_MS)
    expect(row.locator(".what")).to_contain_text("7 of 8 nodes are active. 1 down")
    expect(row.locator(".mini path")).to_have_count(7)
    expect(page.locator("#overview-head")).to_contain_text("1 node is down.")
    expect(page.locator("#last-events li").first).to_contain_text("cache-4 killed")
    expect(page.locator("#to-demo")).to_be_focused()


def test_the_timeline_shows_a_new_row_above_the_others(own: Own, visitors: Visitors) -> None:
    page = visitors.open(own.demo, f"{own.path}timeline/")
    is_live(page)
    rows = page.locator("#log tbody tr")
    expect(rows).to_have_count(6)
    own.kill("cache-4")
    expect(rows).to_have_count(7, timeout=PATIENCE_MS)
    expect(rows.first).to_have_class("fresh")
    expect(rows.first.locator(".what")).to_have_text("cache-4 killed")
    expect(rows.first.locator(".what a")).to_have_attribute("href", f"/{own.path}?v=7")


def test_a_filter_holds_while_rows_arrive_and_goes_back_with_the_browser(own: Own, visitors: Visitors) -> None:
    page = visitors.open(own.demo, f"{own.path}timeline/")
    is_live(page)
    page.evaluate("window.same = true")
    length = page.evaluate("history.length")
    page.get_by_label("Kind").select_option("node_killed")
    expect(page.locator("#log h2")).to_have_text("No events match")
    own.kill("cache-4")
    rows = page.locator("#log tbody tr")
    expect(rows).to_have_count(1, timeout=PATIENCE_MS)
    page.go_back()
    expect(rows).to_have_count(7)
    expect(page.get_by_label("Kind")).to_have_value("")
    page.get_by_label("Node").fill("cache-4")
    page.get_by_label("Node").press("Enter")  # a change and a submission
    expect(rows).to_have_count(2)
    page.go_back()
    expect(rows).to_have_count(7)
    assert page.evaluate("[window.same, history.length]") == [True, length + 1]


def test_a_lost_server_is_said_and_found_again(simulated_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(simulated_demo, TIMELINE)
    visitors.watch(page).allow("WebSocket|ERR_|Failed to load|htmx")
    is_live(page)
    simulated_demo.end()
    expect(page.locator("#live")).to_have_attribute("data-state", "lost", timeout=PATIENCE_MS)
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#lost")).to_have_text(re.compile(r"Nothing heard since \d\d:\d\d:\d\d\."))
    expect(page.locator("#live")).to_have_text(re.compile(r"Nothing heard since \d\d:\d\d:\d\d"))


@pytest.mark.parametrize("path", [TIMELINE, "locks/embedded/"])
def test_the_menu_of_a_narrow_bar_opens_by_touch_and_closes_by_escape(
    calm_demo: Demo, visitors: Visitors, path: str
) -> None:
    page = visitors.open(calm_demo, path, size=PHONE)
    menu, nav = page.locator("#menu-button"), page.locator("#nav")
    looks = "() => (({ font, padding }) => font + padding)(getComputedStyle(document.querySelector('.top')))"
    folded = page.evaluate(looks)
    expect(nav).to_be_hidden()
    menu.tap()
    expect(nav).to_be_visible()
    assert page.evaluate(looks) == folded, "a rule of the page was not meant for the bar"
    expect(menu).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(nav).to_be_hidden()
    expect(menu).to_be_focused()
    assert page.evaluate("() => document.documentElement.scrollWidth") == PHONE[0]


def test_the_theme_is_kept_and_the_skip_link_comes_first(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(f"{calm_demo.url}{TIMELINE}")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_the_picker_leads_to_the_same_page_of_another_cluster(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo, TIMELINE)
    page.locator(".pick summary").click()
    page.locator(".pick a", has_text="Forty nodes").click()
    expect(page).to_have_url(re.compile("/clusters/forty/timeline/$"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", [f"{TIMELINE}?node=nobody", "admin/login/"])  # the others: test_pages
def test_nothing_against_the_guidelines(calm_demo: Demo, visitors: Visitors, path: str, theme: str) -> None:
    page = visitors.open(calm_demo, path, theme=theme)
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["admin/", "admin/ringviz/node/", "admin/ringviz/node/add/"])
def test_the_admin_has_no_fault_and_its_place_in_the_bar(
    calm_demo: Demo, visitors: Visitors, path: str, theme: str
) -> None:
    """What axe finds there, test_pages tells; axe's own faults hide those of the page."""
    page = visitors.open(calm_demo, path, operator=True, theme=theme)
    expect(page.locator(".nav a[aria-current]")).to_have_text("Admin")
    visitors.watch(page).check()
