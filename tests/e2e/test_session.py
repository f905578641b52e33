"""Signing in and out: where a link leads, and what pages that are open already do when somebody signs out elsewhere."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.demos import Demo
from tests.e2e.ring_page import DEMO, RingPage, open_ring
from tests.e2e.visitors import PHONE, Visitors, sign_in_link, violations


def test_a_sign_in_link_leads_to_the_ring_of_the_demo(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo, DEMO).context.new_page()
    page.goto(sign_in_link(calm_demo))
    RingPage(page).live()
    assert page.url == f"{calm_demo.url}{DEMO}"
    expect(page.get_by_role("button", name="Kill cache-4")).to_be_visible()


def test_who_signs_out_elsewhere_has_no_buttons_here_and_a_way_to_sign_in(
    simulated_demo: Demo, visitors: Visitors
) -> None:
    page = open_ring(visitors, simulated_demo, operator=True).live()
    page.act(action="kill", node=4)
    expect(page.page.get_by_role("button", name="Undo")).to_be_visible()
    elsewhere = page.page.context.new_page()
    elsewhere.goto(f"{simulated_demo.url}admin/")
    elsewhere.get_by_role("button", name="Sign out").click()
    expect(elsewhere.get_by_text("You are signed out.")).to_be_visible()

    strip = page.page.locator("#signed-out")
    expect(strip).to_contain_text("You are signed out. You can watch, but not change anything.")
    for name in ("Undo", "Change keys", "Kill cache-1", "Revive cache-4"):
        expect(page.page.get_by_role("button", name=name)).to_be_hidden()
    expect(page.page.get_by_role("button", name="What if cache-1 died")).to_be_visible()
    expect(page.page.get_by_role("link", name="Admin")).to_be_hidden()
    assert violations(page.page) == []
    sign_in = re.compile(r"/admin/login/\?next=%2Fclusters%2Fdemo%2F")
    expect(strip.get_by_role("link", name="Sign in")).to_have_attribute("href", sign_in)

    elsewhere.goto(sign_in_link(simulated_demo))
    page.page.evaluate("dispatchEvent(new Event('focus'))")  # what the browser does when the reader comes back
    expect(strip).to_contain_text("You are signed in again.")
    strip.get_by_role("link", name="Reload").click()
    expect(page.page.get_by_role("button", name="Kill cache-1")).to_be_visible()


def test_a_page_that_was_not_told_learns_it_from_the_first_refusal(simulated_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, simulated_demo, operator=True, size=PHONE).live()
    visitors.watch(page.page).allow("403")
    page.page.context.clear_cookies()
    page.page.get_by_role("button", name="Kill cache-1").click()
    expect(page.page.locator("#signed-out")).to_be_visible()
    expect(page.page.get_by_role("button", name="Kill cache-1")).to_be_hidden()
