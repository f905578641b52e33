"""The admin acts through the same services: an open ring page shows each change, a refusal is a form error."""

from playwright.sync_api import Page, expect

from tests.demos import Demo
from tests.e2e.ring_page import SEEDED, open_ring
from tests.e2e.visitors import Visitors, sign_in_link

NODES = "admin/ringviz/node/"


def choose(page: Page, simulated_demo: Demo, action: str, *names: str) -> None:
    """Select nodes of the demo's cluster in the list, and run an action on them."""
    page.goto(f"{simulated_demo.url}{NODES}?q=cache-")
    for name in names:
        page.get_by_role("row", name=name).locator("input.action-select").check()
    page.locator("select[name=action]").select_option(label=action)
    page.locator("button[name=index]").click()
    page.wait_for_load_state("load")


def fill(page: Page, simulated_demo: Demo, **values: str) -> None:
    page.goto(f"{simulated_demo.url}{NODES}add/")
    page.get_by_label("Cluster").select_option(label="Demo")
    for label, value in values.items():
        page.get_by_label(label.capitalize()).fill(value)
    page.get_by_role("button", name="Save", exact=True).click()


def test_kill_add_and_delete_by_forms_and_refusals_as_errors(simulated_demo: Demo, visitors: Visitors) -> None:
    watcher = open_ring(visitors, simulated_demo).at(SEEDED).live()
    admin = visitors.open(simulated_demo, operator=True)
    admin.get_by_role("link", name="Admin").click()
    expect(admin.get_by_role("link", name="Nodes", exact=True)).to_be_visible()

    choose(admin, simulated_demo, "Kill selected nodes", "cache-4")
    expect(admin.locator(".messagelist .success, .messagelist .info")).to_contain_text("1 node")
    watcher.at(SEEDED + 1)
    expect(watcher.title).to_have_text("cache-4 is down")

    choose(admin, simulated_demo, "Kill selected nodes", "cache-4")
    expect(admin.locator(".messagelist .error")).to_contain_text("cache-4")

    for values, error in (
        ({"name": "cache-2", "zone": "kept"}, "already"),
        ({"name": "cache-9", "zone": "kept", "weight": "101"}, "100"),
    ):
        fill(admin, simulated_demo, **values)
        expect(admin.locator(".errorlist").last).to_contain_text(error)
        expect(admin.get_by_label("Zone")).to_have_value("kept")
    watcher.at(SEEDED + 1)

    fill(admin, simulated_demo, name="cache-9", zone="east", weight="2")
    expect(admin.locator(".messagelist .success")).to_contain_text("cache-9")
    watcher.at(SEEDED + 2)
    expect(watcher.title).to_have_text("cache-9 joined")
    assert watcher.state()["state"]["nodes"][-1]["zone"] == "east"

    admin.goto(f"{simulated_demo.url}{NODES}?q=cache-9")
    admin.get_by_role("link", name="cache-9").click()
    admin.get_by_label("Weight").fill("3")
    admin.get_by_role("button", name="Save", exact=True).click()
    watcher.at(SEEDED + 3)
    expect(watcher.title).to_have_text("cache-9 has weight 3")

    choose(admin, simulated_demo, "Drain selected nodes", "cache-9")
    watcher.at(SEEDED + 4)
    admin.get_by_role("link", name="cache-9").click()
    admin.get_by_role("link", name="Delete").click()
    admin.locator("#content input[type=submit]").click()
    expect(admin.locator(".messagelist .success")).to_contain_text("cache-9")
    watcher.at(SEEDED + 5)
    expect(watcher.title).to_have_text("cache-9 is removed")
    expect(watcher.page.locator("#nodes tbody tr[data-node='9']")).to_contain_text("removed")
    choose(admin, simulated_demo, "Revive selected nodes", "cache-4")
    watcher.at(SEEDED + 6)
    expect(watcher.title).to_have_text("cache-4 is back")
    timeline = visitors.open(simulated_demo, "clusters/demo/timeline/")
    expect(timeline.locator("#log tbody tr")).to_have_count(SEEDED + 6)
    expect(timeline.locator("body")).not_to_contain_text("operator")
    timeline.goto(sign_in_link(simulated_demo))
    timeline.goto(f"{simulated_demo.url}clusters/demo/timeline/")
    expect(timeline.locator("#log tbody tr").first).to_contain_text("operator")


def test_a_watcher_sees_no_admin(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo, NODES)
    expect(page).to_have_url(f"{calm_demo.url}admin/login/?next=/{NODES}")
    expect(page.locator("#result_list")).to_have_count(0)
