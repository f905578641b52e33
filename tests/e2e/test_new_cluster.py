"""A cluster made from the overview: without a barrier, at every size, and on to its ring."""

import pytest
from playwright.sync_api import expect

from tests.demos import Demo
from tests.e2e.ring_page import RingPage
from tests.e2e.visitors import Visitors, violations


def test_an_operator_makes_a_cluster_from_the_overview_and_sees_its_ring(
    simulated_demo: Demo, visitors: Visitors
) -> None:
    page = visitors.open(simulated_demo, operator=True)
    page.get_by_role("link", name="New cluster").click()
    expect(page.get_by_label("Replicas of each server")).to_be_hidden()
    page.get_by_label("Managed").check()
    expect(page.get_by_label("Replicas of each server")).to_be_visible()
    page.get_by_label("Managed").uncheck()
    page.get_by_label("Name", exact=True).fill("Made here")
    page.get_by_label("Number of nodes").fill("6")
    page.get_by_text("Placement", exact=True).click()
    page.get_by_label("Hash seed").fill("-1")
    visitors.watch(page).allow("400")
    page.get_by_role("button", name="Create cluster").click()
    expect(page.get_by_role("alert")).to_contain_text("The cluster was not created.")
    expect(page.get_by_label("Hash seed")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Hash seed").fill("7")
    page.get_by_role("button", name="Create cluster").click()
    page.wait_for_url("**/clusters/made-here/")
    ring = RingPage(page).at(1)
    assert [node["name"] for node in ring.state()["state"]["nodes"]] == [f"node-{n}" for n in range(1, 7)]
    page.goto(simulated_demo.url)
    expect(page.get_by_role("link", name="Made here")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_form_has_no_barrier_and_never_scrolls_sideways(calm_demo: Demo, visitors: Visitors, theme: str) -> None:
    page = visitors.open(calm_demo, "new-cluster/", operator=True, theme=theme)
    visitors.watch(page).allow("400")
    for refused in (False, True):
        if refused:
            page.get_by_label("Managed").check()
            page.get_by_label("Number of nodes").fill("99")
            page.get_by_role("button", name="Create cluster").click()
            expect(page.get_by_role("alert")).to_be_visible()
        page.locator("details.more-fields").evaluate("details => (details.open = true)")
        for width, height in ((1440, 900), (1024, 768), (390, 844), (320, 568)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert violations(page) == []
