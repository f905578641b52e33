"""The Balancer page of real requests in a browser: settings, faults and figures of a driver beside real servers."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.demos import Demo
from tests.e2e.ring_page import PATIENCE_MS
from tests.e2e.visitors import DESKTOP, PHONE, Visitors, violations

PATH = "clusters/demo/balancer/"
TABLET = (1024, 768)
NARROW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def on(page: Page) -> Page:
    """Requests are sent, and the driver is heard."""
    expect(page.locator("#main")).to_have_attribute("data-state", "on", timeout=PATIENCE_MS)
    expect(page.locator("#sum")).to_contain_text("sent", timeout=PATIENCE_MS)
    return page


def row(page: Page, name: str) -> Locator:
    """A node's lane."""
    return page.get_by_role("listitem").filter(has=page.get_by_text(name, exact=True))


def cell(page: Page, table: str, name: str, column: str) -> str:
    """What the table says now."""
    head = page.locator(f"#{table} thead th").all_inner_texts()
    cells = page.locator(f"#{table} tbody tr", has=page.get_by_role("rowheader", name=name, exact=True))
    return cells.locator("th, td").nth(head.index(column)).inner_text()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """The tables are made anew once a second."""
    for _ in range(PATIENCE_MS // 500):
        if holds():
            return
        page.wait_for_timeout(500)
    raise AssertionError("it did not come to hold")


def number(text: str) -> float:
    return float(text.replace(",", "")) if re.match(r"[\d.,]+$", text) else float("nan")


def test_an_operator_starts_switches_freezes_and_stops_and_the_table_tells_it(demo: Demo, visitors: Visitors) -> None:
    """One story, as a driver takes seconds to start."""
    page = visitors.open(demo, f"{PATH}?policy=round_robin&rate=300&skew=0.9&seed=7", operator=True)
    expect(page.get_by_role("heading", level=1)).to_contain_text("nodes are ready to serve")
    expect(page.locator("#start [name=rate]")).to_have_value("300")
    page.get_by_role("button", name="Start", exact=True).click()
    on(page)
    page.get_by_role("button", name="Table").click()
    until(page, lambda: number(cell(page, "nodes-table", "cache-1", "Answered")) > 0)

    row(page, "cache-2").get_by_text("Freeze", exact=True).click()
    page.get_by_role("button", name="300 ms of each second: cache-2").click()
    expect(row(page, "cache-2")).to_have_attribute("data-standing", "freezes", timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", level=1)).to_contain_text("cache-2 freezes 300 ms of every second.")
    assert cell(page, "nodes-table", "cache-2", "Health") == "freezes"
    assert re.search(r"300 ms of each second, since [\d:]+, event \d+", cell(page, "nodes-table", "cache-2", "Reason"))
    until(page, lambda: number(cell(page, "nodes-table", "cache-2", "p99 ms")) > 100)
    until(page, lambda: number(cell(page, "policies-table", "Round robin", "p99 ms")) > 100)
    assert violations(page) == []

    page.get_by_role("radio", name="Least connections").click()
    expect(page.get_by_role("radio", name="Least connections")).to_have_attribute("aria-checked", "true")
    until(page, lambda: page.locator("#policies-table tbody tr").count() == 2)
    assert cell(page, "policies-table", "Round robin", "Nodes") == "same as now"
    until(page, lambda: number(cell(page, "policies-table", "Least connections", "p99 ms")) > 0)
    share = cell(page, "nodes-table", "cache-2", "Share"), cell(page, "nodes-table", "cache-2", "Fair share")
    assert all(text.endswith("%") for text in share)

    row(page, "cache-2").get_by_role("button", name="Thaw: cache-2").click()
    expect(row(page, "cache-2")).to_have_attribute("data-standing", "up", timeout=PATIENCE_MS)
    until(page, lambda: cell(page, "policies-table", "Round robin", "Nodes") == "different")

    page.get_by_role("button", name="Hot key").click()
    expect(page.get_by_role("button", name="Hot key")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#settings [name=skew]")).to_have_value("3")
    page.locator("#settings [name=rate]").fill("0")
    page.get_by_role("button", name="Apply").first.click()
    expect(page.locator("#settings-error")).to_contain_text("from 1 to 100,000")
    expect(page).to_have_url(re.compile("policy=least_connections&rate=300&skew=3&seed=7"))
    visitors.watch(page).allow("400")

    version = page.locator("#main").get_attribute("data-version")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#main")).to_have_attribute("data-state", "idle", timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing is running.")

    past = visitors.open(demo, f"{PATH}?v={version}")
    expect(past.locator("#live")).to_contain_text("Viewing")
    expect(past.locator("#moment")).to_contain_text("Traffic figures are not recorded")
    expect(past.get_by_role("radio", name="Least connections")).to_have_attribute("aria-checked", "true")
    assert past.get_by_role("button", name=re.compile("Kill|Stop|Apply")).count() == 0
    assert violations(past) == []
    past.get_by_role("button", name="Go live").click()
    expect(past.locator("#main")).to_have_attribute("data-state", "idle")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_every_width_and_passes_axe(demo: Demo, visitors: Visitors, theme: str) -> None:
    assert demo.manage("balance", "set", "bounded_ring", "--on", "--rate", "200", "--cluster", "demo").returncode == 0
    for size in (DESKTOP, TABLET, PHONE):
        page = on(visitors.open(demo, PATH, size=size, theme=theme, operator=True))
        assert page.evaluate(NARROW) <= 0, size
        assert violations(page) == [], size
    watcher = on(visitors.open(demo, PATH, theme=theme))
    assert watcher.get_by_role("button", name=re.compile("Kill|Freeze|Stop|Hot key|Apply")).count() == 0
    expect(watcher.locator("#settings [name=rate]")).to_have_attribute("readonly", "")


def test_a_cluster_without_servers_offers_the_race(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo, PATH)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Real requests are not available for")
    page.locator("[name=nodes]").fill("4")
    page.get_by_role("button", name="Race").click()
    expect(page).to_have_url(re.compile(r"/balancer/race/\?.*nodes=4"))
