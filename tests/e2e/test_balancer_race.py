"""The race page in a browser: its figures are the simulator's, its queues are counted from the trace."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from balancer.core.simulator.engine import run
from balancer.core.simulator.outcome import Trace
from balancer.core.simulator.plan import Frozen, Node, Plan
from tests.demos import Demo
from tests.e2e.visitors import PHONE, Visitors, violations

NODES = 6
QUERY = f"?p=random&p=round_robin&p=p2c&nodes={NODES}&load=0.8&seed=9&requests=4000"
PATH = f"clusters/demo/balancer/race/{QUERY}"
NAMES = {"Two choices": "p2c", "Round robin": "round_robin", "Random": "random", "Limit: one central queue": "central"}


def plan(**more: Any) -> Plan:
    return Plan(tuple(Node(f"node-{n}") for n in range(1, NODES + 1)), load=0.8, requests=4_000, seed=9, **more)


def ready(page: Page, state: str = "still") -> None:
    expect(page.locator("#race")).to_have_attribute("data-state", state)


def with_tables(page: Page) -> Page:
    page.get_by_role("button", name="Table").click()
    expect(page.locator("#tables")).to_be_visible()
    return page


def cells(page: Page, table: str) -> list[list[str]]:
    rows = page.locator(f"#{table} tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def in_flight(trace: Trace, count: int) -> list[str]:
    """How many requests each node has when the `count`-th has come."""
    at = trace.arrivals[count - 1]
    there = (trace.arrivals <= at) & (trace.departs > at)
    return [str(int((there & (trace.place == place)).sum())) for place in range(NODES)]


def shown_in_flight(page: Page) -> list[list[str]]:
    """The same as the table says, for each policy from the best on."""
    rows = cells(page, "nodes-table")
    return [[row[column] for row in rows] for column in (2, 4, 6)]


def test_every_number_of_the_table_is_the_simulators(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo, PATH, reduced_motion=True)
    ready(page)
    with_tables(page)
    rows = cells(page, "figures-table")
    assert [row[0] for row in rows] == list(NAMES)
    outcomes = {name: run(plan(), name) for name in NAMES.values()}
    for row in rows:
        found = outcomes[NAMES[row[0]]]
        assert row[1:6] == [f"{v:.2f}" for v in (found.mean, found.interval, found.p50, found.p95, found.p99)]
        assert row[6:] == ["4,000", "0", "0"]
    big = page.locator(".big").all_inner_texts()
    assert [text.split()[0] for text in big] == [row[1] for row in rows[:3]]
    best, worst = outcomes["p2c"].mean, outcomes["random"].mean
    said = f"two choices answers in {best:.1f} service times where random needs {worst:.1f}."
    expect(page.get_by_role("heading", level=1)).to_contain_text(said)


def test_it_plays_pauses_and_steps_through_true_queues(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo, PATH)
    ready(page, "playing")
    race = page.locator("#race")
    expect(race).not_to_have_attribute("data-at", "0")
    page.keyboard.press("Space")
    ready(page)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    with_tables(page)
    traces = [run(plan(), name, trace=1_500).trace for name in ("p2c", "round_robin", "random")]
    page.locator("#at").fill("500")
    expect(race).to_have_attribute("data-at", "500")
    page.locator("#at").blur()
    for key, count in (("ArrowRight", 501), ("ArrowRight", 502), ("ArrowLeft", 501)):
        page.keyboard.press(key)
        expect(race).to_have_attribute("data-at", str(count))
        assert shown_in_flight(page) == [in_flight(trace, count) for trace in traces if trace]
    lane = page.get_by_role("img", name=re.compile("^Queues under Two choices"))
    assert traces[0]
    expect(lane).to_have_attribute("aria-label", f"Queues under Two choices: {', '.join(in_flight(traces[0], 501))}")
    expect(page.locator("#count")).to_have_text("501 of 1,152")
    page.get_by_role("button", name="Speed").click()
    expect(page.get_by_role("button", name="Speed")).to_have_text(re.compile("8×"))
    page.get_by_role("button", name="Restart").click()
    ready(page, "playing")


def test_a_node_freezes_and_thaws_and_the_figures_follow(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo, PATH, reduced_motion=True)
    ready(page)
    page.get_by_role("link", name="Freeze a node").click()
    page.wait_for_url(re.compile("freeze=3"))
    ready(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Node 3 is frozen for 30 of every 100 service times.")
    frozen = plan(faults=(Frozen(2, 30.0, every=100.0, part=0.3),))
    with_tables(page)
    means = {row[0]: row[1] for row in cells(page, "figures-table")}
    assert means == {label: f"{run(frozen, name).mean:,.2f}" for label, name in NAMES.items()}
    flooded = page.locator("article", has_text="Node 3 gets more than it can serve")
    expect(flooded).to_have_count(2)
    page.get_by_role("link", name="Thaw the node").click()
    page.wait_for_url(re.compile("requests=4000$"))
    ready(page)


def test_a_bad_link_says_what_to_do_and_a_busy_server_is_asked_again(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo)
    visitors.watch(page).allow("400|503|Failed to load resource|Response Status")
    page.goto(f"{calm_demo.url}clusters/demo/balancer/race/?p=random&nodes=3")
    expect(page.get_by_role("alert")).to_contain_text("Choose 2 to 4 different policies.")
    assert violations(page) == []
    page.get_by_role("checkbox", name=re.compile("^Two choices")).check()
    page.get_by_role("button", name="Race").click()
    page.wait_for_url(re.compile(r"\?p=random&p=p2c&nodes=3&"))
    expect(page.locator("#race article")).to_have_count(2)
    busy = '{"error": "This server is busy."}'
    page.route("**/race/figures?**", lambda route: route.fulfill(status=503, body=busy), times=1)
    page.route("**/race/race.bin?**", lost, times=1)
    page.goto(f"{calm_demo.url}{PATH}")
    expect(page.get_by_role("alert").filter(has_text="This server is busy.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert").filter(has_text="status 503")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    ready(page, "playing")


def lost(route: Route) -> None:
    route.fulfill(status=503, body="")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_without_a_barrier_on_a_desk_and_on_a_phone(calm_demo: Demo, visitors: Visitors, theme: str) -> None:
    page = visitors.open(calm_demo, PATH, theme=theme, reduced_motion=True)
    ready(page)
    assert violations(page) == []
    page.locator("summary", has_text="Policies").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    with_tables(page)
    assert violations(page) == []
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Leave presentation")).to_be_visible()
    assert violations(page) == []
    path = "clusters/demo/balancer/race/?nodes=120"
    phone = visitors.open(calm_demo, path, theme=theme, size=PHONE, reduced_motion=True)
    ready(phone)
    expect(phone.locator("canvas[data-lane]").first).to_have_attribute("data-detail", "counts")
    assert violations(phone) == []
