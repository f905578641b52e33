"""The stage in a browser: an operator runs the ladder and pauses a worker; whoever watches sees it, without buttons."""

import re

from playwright.sync_api import expect

from tests.e2e.ring_page import PATIENCE_MS
from tests.e2e.visitors import violations

PATH = "locks/embedded/"


def test_the_ladder_is_run_and_a_worker_is_paused_from_the_page(own, visitors):
    page = visitors.open(own.demo, PATH, operator=True)
    watching = visitors.open(own.demo, PATH)
    visitors.watch(page).allow("status of 400")  # the seed that is refused
    first = page.locator('tr[data-rung="set"]')
    expect(first).to_contain_text("not run yet")
    expect(first).to_contain_text("Two inside; stale writes accepted")  # predicted before anything has run

    page.get_by_label("Seed").fill("so many")
    page.get_by_role("button", name="Run the ladder").click()
    expect(page.locator("#ladder-error")).to_have_text("Give a whole number.")
    page.get_by_label("Seed").fill("7")
    page.get_by_role("button", name="Run the ladder").click()
    expect(first).to_have_attribute("data-state", "running")
    expect(first).to_have_attribute("data-state", "judged", timeout=3 * PATIENCE_MS)  # it runs for eight seconds
    page.locator("#ladder-stop").click()  # the other rungs are tests/locks/stage
    for seen in (page, watching):
        row = seen.locator('tr[data-rung="set"]')
        expect(row).to_contain_text("as predicted")
        expect(row.locator("svg .p-paused").first).to_be_visible()
        assert row.locator("svg .p-stale").count() > 0
        assert float(row.locator(".big").first.inner_text().rstrip("%")) > 50
    expect(page.locator("#ladder-last")).to_have_text("Last run of the ladder: stopped by an operator, seed 7.")
    assert violations(page, within="#ladder") == []

    page.get_by_label("Client of the workers").select_option("redis-py")
    page.get_by_role("button", name="Start workers").click()
    worker = page.locator('[data-worker="worker-1"]')
    expect(worker).to_have_attribute("data-state", re.compile("inside|waiting|between"))
    page.get_by_role("button", name="Pause worker-1").click()
    for seen in (page, watching):
        expect(seen.locator('[data-worker="worker-1"]')).to_have_attribute("data-state", "paused")
    assert violations(page, within="#crew") == []
    expect(watching.locator("#crew button, #ladder button")).to_have_count(0)
    page.get_by_role("button", name="Stop workers").click()
    expect(page.locator("#crew")).to_have_count(0)
