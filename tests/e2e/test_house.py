"""The demo's link in a real browser."""

from playwright.sync_api import expect

from tests.e2e.visitors import sign_in_link, violations


def test_the_printed_link_signs_in_once(calm_demo, visitors):
    page = visitors.open(calm_demo)
    page.goto(calm_demo.link)  # no other test follows it: the others have links of their own
    expect(page).to_have_url(f"{calm_demo.url}clusters/demo/")
    expect(page.get_by_role("link", name="Admin")).to_be_visible()

    stranger = visitors.open(calm_demo)
    visitors.watch(stranger).allow("410")
    stranger.goto(calm_demo.link)
    expect(stranger.get_by_role("heading", level=1)).to_be_visible()
    expect(stranger.get_by_text("make link")).to_be_visible()
    assert violations(stranger) == []
    expect(stranger.get_by_role("link", name="Admin")).to_have_count(0)

    stranger.goto(sign_in_link(calm_demo))
    expect(stranger.get_by_role("link", name="Admin")).to_be_visible()


def test_two_demos_of_one_host_do_not_sign_each_other_out(own, calm_demo, visitors):
    page = visitors.open(own.demo, operator=True)
    visitors.watch(page).allow(f"foreign request: {calm_demo.url}")
    page.goto(sign_in_link(calm_demo))
    for each in (own.demo, calm_demo):
        page.goto(each.url)
        expect(page.get_by_role("link", name="Admin")).to_be_visible()
