"""Two operators who decide on the same version: one wins, the other sees what changed, and nothing is lost."""

from collections.abc import Callable

from playwright.sync_api import WebSocketRoute, expect

from tests.e2e.recompute import PlainRing
from tests.e2e.ring_page import DEMO_NODES, DEMO_TOKENS, SEEDED, RingPage, open_own
from tests.e2e.stage import Own
from tests.e2e.visitors import Visitors

FULL = PlainRing(DEMO_NODES, DEMO_TOKENS)


class SlowLink:
    """A socket whose messages can be kept back: the page of somebody far away."""

    def __init__(self) -> None:
        self.kept: list[Callable[[], None]] = []
        self.holds = False

    def route(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if self.holds:
                self.kept.append(lambda: socket.send(message))
            else:
                socket.send(message)

        server.on_message(pass_on)

    def release(self) -> None:
        self.holds = False
        for send in self.kept:
            send()
        self.kept.clear()


def test_the_one_who_was_slower_sees_what_changed_and_decides_again(own: Own, visitors: Visitors) -> None:
    fast = open_own(visitors, own, operator=True).at(SEEDED).live()
    away, link = visitors.open(own.demo, operator=True), SlowLink()
    away.route_web_socket("**/ws/clusters/**", link.route)
    away.goto(f"{own.demo.url}{own.path}")
    slow = RingPage(away).at(SEEDED).live()
    visitors.watch(away).allow("409")

    link.holds = True
    fast.click_arc("cache-4", FULL)
    fast.at(SEEDED + 1)
    slow.click_arc("cache-5", FULL)
    notice = away.locator("#notice")
    expect(notice).to_contain_text("The ring has changed: cache-4 killed. Nothing was done.")
    assert fast.state()["v"] == SEEDED + 1

    link.release()
    slow.at(SEEDED + 1)
    expect(slow.row(4)).to_have_class("dead")
    notice.get_by_role("button", name="Show the plan again").click()
    expect(slow.title).to_have_text("If cache-5 died")
    away.get_by_role("button", name="Commit").click()
    for page in (slow, fast):
        page.at(SEEDED + 2)
        expect(page.title).to_have_text("cache-5 is down")
        for number in (4, 5):
            expect(page.row(number)).to_have_class("dead")
    assert fast.rail() == slow.rail()


def test_of_two_acts_in_the_same_moment_one_is_done(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, operator=True).live()
    visitors.watch(page.page).allow("409")
    answers = page.page.evaluate(
        """async (version) => {
          const token = document.querySelector("meta[name=csrf-token]").content;
          const act = async (node) => {
            const body = new URLSearchParams({action: "kill", node, version});
            const answer = await fetch("act", {method: "POST", headers: {"x-csrftoken": token}, body});
            return {node, status: answer.status, data: await answer.json()};
          };
          return Promise.all([act(2), act(3), act(6)]);
        }""",
        SEEDED,
    )
    done = [answer for answer in answers if answer["status"] == 200]
    late = [answer for answer in answers if answer["status"] == 409]
    assert (len(done), len(late)) == (1, 2), answers
    for answer in late:
        assert [event["v"] for event in answer["data"]["events"]] == [SEEDED + 1]
        assert answer["data"]["events"][0]["payload"]["node"]["number"] == done[0]["node"]
        assert not {"actor", "origin", "who"} & set(answer["data"]["events"][0])
    page.at(SEEDED + 1)
    expect(page.row(done[0]["node"])).to_have_class("dead")
    expect(page.page.locator("#nodes tr.dead")).to_have_count(1)


def test_a_plan_is_made_again_when_the_ring_changes_under_it(own: Own, visitors: Visitors) -> None:
    planner = open_own(visitors, own).live()
    operator = open_own(visitors, own, operator=True).live()
    planner.click_arc("cache-4", FULL)
    expect(planner.title).to_have_text("If cache-4 died")
    first = planner.ring.get_attribute("data-moved")
    operator.click_arc("cache-1", FULL)
    operator.at(SEEDED + 1)
    planner.at(SEEDED + 1)
    expect(planner.title).to_have_text("If cache-4 died")
    expect(planner.page.locator("#capp")).to_contain_text("cache-1 killed")
    expect(planner.page.locator("#panel-more")).to_contain_text(f"made on version {SEEDED + 1}")
    expect(planner.ring).not_to_have_attribute("data-moved", first or "")
