"""Another strategy, and its parameters: chosen in the settings, by a plan or at once, and true on real servers."""

import math
import re

from playwright.sync_api import expect

from tests.demos import Demo
from tests.e2e.recompute import PlainRing
from tests.e2e.ring_page import DEMO_NODES, DEMO_TOKENS, PATIENCE_MS, SEEDED, RingPage, number, open_own, open_ring
from tests.e2e.stage import Own
from tests.e2e.test_ring_served import at_rest, counts
from tests.e2e.visitors import PHONE, Visitors, violations

KEY = "cart:48091"


def choose(page: RingPage, strategy: str) -> None:
    page.page.get_by_label("Strategy").select_option(strategy)


def keys_shown(page: RingPage) -> list[int]:
    """The number of keys of every node, as the right rail says it."""
    texts = page.page.locator("#nodes tbody tr").evaluate_all(
        "rows => rows.map(row => row.querySelector('td.num').textContent)"
    )
    return [number(text) for text in texts]


def test_a_strategy_is_chosen_with_its_parameter(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, operator=True).live()
    labels = page.page.get_by_label("Strategy").locator("option").all_inner_texts()
    assert len(labels) == 7
    assert "Jump hash" in labels
    assert not any("lot" in label for label in labels), "nobody can set a slot map"

    choose(page, "maglev")
    page.at(SEEDED + 1)
    expect(page.ring).to_have_attribute("data-strategy", "maglev")
    expect(page.title).to_have_text("Now: Maglev (table size 65,537)")
    expect(page.page.get_by_label("Tokens per node")).to_be_disabled()
    expect(page.page.locator("#vnodes-note")).to_have_text("With Maglev, nodes have no tokens.")
    expect(page.page.locator("#copies button").first).to_be_disabled()
    expect(page.page.locator("#copies-note")).to_have_text("With Maglev, keys have no copies.")
    expect(page.page.locator("#strategy-notes li").first).to_be_visible()

    size = page.page.get_by_role("spinbutton", name="Table size")
    expect(size).to_have_value("65537")
    size.fill("100")
    size.press("Enter")
    allowed = page.page.locator("#option-table_size-error")
    expect(allowed).to_have_text(re.compile(r"^Give a prime number from 2 to [\d,]+\.$"))
    expect(size).to_have_attribute("aria-invalid", "true")
    assert page.state()["v"] == SEEDED + 1
    size.fill("101")
    size.press("Enter")
    page.at(SEEDED + 2)
    expect(allowed).to_be_hidden()
    expect(page.title).to_have_text("Now: table size 101")
    told = page.state()["state"]
    assert told["cluster"]["options"] == {"table_size": 101}
    assert keys_shown(page) == [node["keys"] for node in told["nodes"]]
    # Of 101 entries each of eight nodes has 12 or 13, so that no node has 1.3 times the keys of another.
    assert max(keys_shown(page)) < 1.3 * min(keys_shown(page))
    assert violations(page.page) == []

    choose(page, "ring")
    page.at(SEEDED + 3)
    expect(page.page.locator("#options")).to_be_hidden()
    plain = PlainRing(DEMO_NODES, DEMO_TOKENS)
    expect(page.ring).to_have_attribute("data-tokens", str(len(plain.tokens)))


def test_a_plan_of_a_strategy_is_a_link_and_can_be_committed(own: Own, visitors: Visitors) -> None:
    page = open_ring(visitors, own.demo, "clusters/hundred/", operator=True).live()
    before = page.state()
    choose(page, "bounded")
    expect(page.title).to_have_text(re.compile(r"at most 1\.25\)$"))
    most = page.page.get_by_role("spinbutton", name="Fair shares per node")
    most.fill("1.1")
    most.press("Enter")
    expect(page.title).to_have_text("Plan: ring with bounded loads (fair shares per node, at most 1.1)")
    expect(page.page).to_have_url(re.compile("options=c%3D1.1"))
    assert page.state()["v"] == before["v"], "a plan changes nothing"

    other = open_ring(visitors, own.demo, page.page.url.removeprefix(own.demo.url))
    expect(other.title).to_have_text(page.title.inner_text())
    expect(other.page.get_by_role("spinbutton", name="Fair shares per node")).to_have_value("1.1")
    other.page.get_by_role("button", name="Discard").click()
    expect(other.page.get_by_label("Strategy")).to_have_value("ring")
    expect(other.page.locator("#options")).to_be_hidden()

    page.page.get_by_role("button", name="Commit").click()
    page.at(before["v"] + 1)
    now = page.state()["state"]
    keys = [node["keys"] for node in now["nodes"]]
    weights = [node["weight"] for node in now["nodes"]]
    fair = sum(keys) / sum(weights)
    assert sum(keys) == now["keys"]["count"]
    assert all(held <= math.ceil(1.1 * fair * weight) for held, weight in zip(keys, weights, strict=True))


def test_what_the_server_refuses_stands_beside_the_setting(own: Own, visitors: Visitors) -> None:
    page = open_ring(visitors, own.demo, "clusters/forty/").live()
    visitors.watch(page.page).allow("400")
    page.page.get_by_role("group", name="Copies").get_by_role("button", name="2", exact=True).click()
    expect(page.title).to_contain_text("2 copies of each key")
    choose(page, "rendezvous")
    expect(page.page.locator("#settings .err[data-for=copies]")).to_contain_text("separately")
    expect(page.page.get_by_label("Strategy")).to_have_value("ring")
    expect(page.page.locator("#notice")).to_be_hidden()
    page.page.get_by_role("button", name="Discard").click()
    choose(page, "rendezvous")
    expect(page.title).to_have_text("Plan: rendezvous")
    expect(page.page.locator("#settings .err:visible")).to_have_count(0)


def test_only_the_server_says_whose_a_key_is_without_ranges(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, f"?key={KEY.replace(':', '%3A')}", operator=True).live()
    owner = page.page.locator("#walk li", has_text="Owner")
    plain = PlainRing(DEMO_NODES, DEMO_TOKENS)
    expect(owner).to_contain_text(plain.preference(KEY.encode(), 1)[0])
    with page.page.expect_response(re.compile(rf"/lookup\?key=.*&v={SEEDED + 1}$")) as asked:
        choose(page, "rendezvous")
        page.at(SEEDED + 1)
    found = asked.value.json()
    expect(owner).to_contain_text(f"cache-{found['owner']}")
    expect(page.page.locator("#walk li", has_text="Copies").locator(".ln")).to_have_count(2)
    choose(page, "jump")
    page.at(SEEDED + 2)
    expect(page.page.locator("#walk li", has_text="Copies")).to_have_count(0)

    released = False

    def hold(route) -> None:
        nonlocal released
        expect(owner).to_contain_text("asking")
        released = True
        route.continue_()

    page.page.route(re.compile(rf"/lookup\?.*v={SEEDED + 1}$"), hold)
    page.page.keyboard.press("ArrowLeft")
    page.at(SEEDED + 1)
    expect(owner).to_contain_text(f"cache-{found['owner']}")
    assert released, "the owner at another moment was not asked for"


def test_jump_hash_says_where_somebody_looks_what_it_cannot_do(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, operator=True).live()
    choose(page, "jump")
    page.at(SEEDED + 1)
    dialog = page.page.locator("#node-dialog")
    for node, count in (("cache-3", 1), ("cache-8", 0)):
        page.page.locator("#nodes").get_by_role("button", name=node, exact=True).click()
        expect(dialog.get_by_text("the nodes after it get new numbers")).to_have_count(count)
        expect(dialog).to_contain_text("With jump hash, weights are ignored")
        assert violations(page.page) == []
        page.page.keyboard.press("Escape")
    page.page.get_by_role("button", name="Add node").click()
    expect(page.page.locator("#add-weight-note")).to_contain_text("weights are ignored")
    page.page.keyboard.press("Escape")

    watcher = open_own(visitors, own, "?plan=kill&node=3")
    expect(watcher.page.locator("#panel-more")).to_contain_text("the nodes after it get new numbers")
    last = open_own(visitors, own, "?plan=kill&node=8")
    expect(last.page.locator("#panel-more")).not_to_contain_text("new numbers")
    expect(last.page.locator("#capp")).to_contain_text("No key would move between nodes that stay.")


def test_every_strategy_has_settings_that_anybody_can_use(own: Own, visitors: Visitors) -> None:
    phone = open_own(visitors, own, size=PHONE, theme="dark")
    phone.page.get_by_role("tab", name="Ring").click()
    names = phone.page.locator("#strategy option").evaluate_all("all => all.map(one => [one.value, one.textContent])")
    for name, label in names[1:]:
        choose(phone, name)
        expect(phone.title).to_contain_text(f"Plan: {label}", ignore_case=True)
        phone.page.get_by_role("tab", name="Ring").click()
        expect(phone.page.get_by_label("Strategy")).to_have_value(name)
        assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert violations(phone.page) == [], name


def test_real_servers_store_what_another_strategy_predicts(demo: Demo, visitors: Visitors) -> None:
    page = at_rest(open_ring(visitors, demo, operator=True).live())
    page.page.goto(f"{page.base}?plan=configure&strategy=maglev&options=table_size%3D1009")
    expect(page.title).to_have_text("Plan: Maglev (table size 1,009)")
    expect(page.page.get_by_role("spinbutton", name="Table size")).to_have_value("1009")
    page.page.get_by_role("button", name="Commit").click()
    expect(page.ring).to_have_attribute("data-strategy", "maglev", timeout=2 * PATIENCE_MS)
    stored_as_predicted(page)

    probes = page.page.get_by_role("spinbutton", name="Probes per key")
    choose(page, "multiprobe")
    expect(page.ring).to_have_attribute("data-strategy", "multiprobe", timeout=2 * PATIENCE_MS)
    stored_as_predicted(page)
    probes.fill("5")
    probes.press("Enter")
    expect(page.title).to_have_text("Now: probes per key 5", timeout=2 * PATIENCE_MS)
    stored_as_predicted(page)
    assert page.state()["state"]["cluster"]["options"] == {"probes": 5}


def stored_as_predicted(page: RingPage) -> None:
    found = counts(at_rest(page))
    assert all(predicted == stored for predicted, stored in found.values()), found
    assert sum(number(stored) for _, stored in found.values()) == 20_000
