"""What an operator does to the ring besides a kill: the form of a new node, settings, and keys that are looked up."""

import re

from playwright.sync_api import expect

from tests.demos import Demo
from tests.e2e.recompute import PlainRing
from tests.e2e.ring_page import DEMO_NODES, DEMO_TOKENS, SEEDED, grouped, open_own, open_ring
from tests.e2e.stage import Own
from tests.e2e.visitors import Visitors, violations

MARKUP = "<script>document.title='run'</script>"


def test_a_node_is_added_by_the_form_which_keeps_what_was_typed(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, operator=True).live()
    visitors.watch(page.page).allow("400")
    page.page.get_by_role("button", name="Add node").click()
    name, zone = page.page.get_by_label("Name"), page.page.get_by_label("Zone")
    expect(name).to_have_value("cache-9")
    name.fill("cache-3")
    zone.fill("east")
    page.page.get_by_label("Weight").fill("2")
    add = page.page.locator("#add-act")
    add.click()
    expect(page.page.locator("#add-name-error")).to_contain_text("cache-3")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_be_focused()
    expect(zone).to_have_value("east")
    assert page.state()["v"] == SEEDED

    name.fill("cache-9")
    page.page.get_by_label("Weight").fill("101")
    add.click()
    expect(page.page.locator("#add-weight-error")).to_contain_text("100")
    expect(page.page.locator("#add-name-error")).to_be_hidden()
    page.page.get_by_label("Weight").fill("2")
    add.click()
    page.at(SEEDED + 1)
    expect(page.title).to_have_text("cache-9 joined")
    expect(page.ring).to_have_attribute("data-tokens", str(DEMO_TOKENS * 10))
    made = page.state()["state"]["nodes"][-1]
    assert (made["name"], made["zone"], made["weight"], made["tokens"]) == ("cache-9", "east", 2, DEMO_TOKENS * 2)
    changed = [row for row in range(1, 9) if not page.row(row).locator("td.num").nth(1).inner_text().startswith("−")]
    assert changed == [], "a node that stays has gained keys, or given none"


def test_settings_change_the_ring_and_say_what_it_cost(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, operator=True).live()
    tokens = page.page.get_by_label("Tokens per node")
    tokens.focus()
    page.page.keyboard.press("ArrowRight")  # 16, 64
    page.at(SEEDED + 1)
    expect(page.ring).to_have_attribute("data-tokens", str(8 * 64))
    expect(page.page.locator("#vnodes-out")).to_have_text("64")
    expect(page.title).to_contain_text("64 tokens per node")

    page.page.get_by_role("group", name="Copies").get_by_role("button", name="2", exact=True).click()
    page.at(SEEDED + 2)
    expect(page.page.locator("#capp")).to_contain_text("No key changes owner")

    page.page.get_by_label("Strategy").select_option("modulo")
    page.at(SEEDED + 3)
    expect(page.ring).to_have_attribute("data-strategy", "modulo")
    expect(page.ring).to_have_attribute("data-tokens", "0")
    expect(tokens).to_be_disabled()
    page.act(action="kill", node=4)
    page.at(SEEDED + 4)
    needless = page.state(SEEDED + 4)["event"]["payload"]["movement"]["needless"]
    assert needless > 10_000
    expect(page.page.locator("#capp")).to_contain_text(f"{grouped(needless)} keys moved between nodes that stayed")
    expect(page.page.locator("#core .cmp")).to_contain_text("Needed")


def test_any_key_is_found_and_shown_inert(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo)
    field, walk = page.page.get_by_label("Key", exact=True), page.page.locator("#walk")
    plain = PlainRing(DEMO_NODES, DEMO_TOKENS)
    for key in ("ключ 键", "%FF", "a" * 1024, "\\x00 '\"&amp;", MARKUP):
        field.fill(key)
        expect(walk).to_contain_text(f"0x{plain.hash(key.encode()):08X}")
        owner, *copies = plain.preference(key.encode(), 3)
        expect(walk.locator("li", has_text="Owner")).to_contain_text(owner)
        shown = walk.locator("li", has_text="Copies").locator(".ln").all_inner_texts()
        assert [text[1:].strip() for text in shown] == copies  # without the number in the node's chip
        page.page.wait_for_function("key => new URLSearchParams(location.search).get('key') === key", arg=key)
    again = open_ring(visitors, calm_demo, page.page.url.removeprefix(calm_demo.url))
    expect(again.page.get_by_label("Key", exact=True)).to_have_value(MARKUP)
    expect(again.page.locator("#walk")).to_contain_text(f"{plain.hash(MARKUP.encode()):08X}")
    assert "run" not in again.page.title()


def test_keys_of_any_bytes_are_found_and_every_key_of_the_set_can_be(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo)
    plain = PlainRing(DEMO_NODES, DEMO_TOKENS)
    numbers = {node["name"]: node["number"] for node in page.state()["state"]["nodes"]}
    for raw in (b"\xff", b"\x00\x01", b"<b>", bytes(range(128, 256))):
        quoted = "".join(f"%{byte:02X}" for byte in raw)
        answer = page.page.request.get(f"{page.base}lookup?key={quoted}").json()
        assert answer["hash"] == plain.hash(raw)
        assert answer["owner"] == numbers[plain.preference(raw, 1)[0]]
    page.page.get_by_role("button", name="Any key").click()
    field = page.page.get_by_label("Key", exact=True)
    expect(field).not_to_have_value(re.compile("^$|cart:"))
    key = field.input_value().encode()
    expect(page.page.locator("#walk")).to_contain_text(f"{plain.hash(key):08X}")


def test_escapes_stand_for_bytes_in_the_field_the_address_and_a_paste(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo)
    plain = PlainRing(DEMO_NODES, DEMO_TOKENS)
    field, walk = page.page.get_by_label("Key", exact=True), page.page.locator("#walk")
    spelled, meant = r"a\x00\n\xff", b"a\x00\n\xff"
    field.fill(spelled)
    expect(walk).to_contain_text(f"{plain.hash(spelled.encode()):08X}")
    page.page.get_by_label("Read \\n and \\x00 as bytes").check()
    expect(walk).to_contain_text(f"{plain.hash(meant):08X}")
    page.page.wait_for_function("() => location.search.includes('escapes=1')")
    again = open_ring(visitors, calm_demo, page.page.url.removeprefix(calm_demo.url))
    expect(again.page.get_by_label("Key", exact=True)).to_have_value(spelled)
    expect(again.page.locator("#walk")).to_contain_text(f"{plain.hash(meant):08X}")

    field.fill(r"\q")
    expect(walk.get_by_role("alert")).to_contain_text(r"\q is not an escape.")
    field.fill("")
    page.page.get_by_label("Read").uncheck()
    field.evaluate(
        """field => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", "two\\nlines");
          field.dispatchEvent(new ClipboardEvent("paste", {clipboardData, cancelable: true, bubbles: true}));
        }"""
    )
    expect(field).to_have_value(r"two\nlines")
    expect(walk).to_contain_text(f"{plain.hash(b'two' + bytes([10]) + b'lines'):08X}")


def test_a_key_over_the_limit_is_not_cut(calm_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, calm_demo)
    field, walk = page.page.get_by_label("Key", exact=True), page.page.locator("#walk")
    field.fill("é" * 512 + "a")
    expect(walk.get_by_role("alert")).to_have_text(
        "This key has 1,025 bytes, and a key has at most 1,024. It was not looked up."
    )
    expect(field).to_have_value("é" * 512 + "a")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(walk.locator("li", has_text="Owner")).to_have_count(0)
    assert violations(page.page, within="#panel-find") == []
    field.fill("é" * 512)
    expect(walk.locator("li", has_text="Owner")).to_have_count(1)


def test_the_key_that_is_looked_up_follows_its_owner(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, "?key=cart%3A48091", operator=True).live()
    plain = PlainRing(DEMO_NODES, DEMO_TOKENS)
    owner, heir, *_ = plain.preference(b"cart:48091", 3)
    line = page.page.locator("#walk li", has_text="Owner")
    expect(line).to_contain_text(owner)
    page.act(action="kill", node=DEMO_NODES.index(owner) + 1)
    page.at(SEEDED + 1)
    expect(line).to_contain_text(heir)
    page.page.keyboard.press("ArrowLeft")
    page.at(SEEDED)
    expect(line).to_contain_text(owner)


def test_cluster_pages_are_apart(own: Own, visitors: Visitors) -> None:
    """What is done to one cluster is no event of another; in a cluster that is no demo a kill is a plan first."""
    demo_page = open_own(visitors, own).live()
    forty = open_ring(visitors, own.demo, "clusters/forty/", operator=True).live()
    version = forty.state()["v"]
    plain = PlainRing([node["name"] for node in forty.state()["state"]["nodes"]], 160)
    forty.page.get_by_role("button", name="Table").click()
    forty.page.get_by_label("Filter nodes").fill("app-07")
    forty.page.get_by_role("button", name="Kill app-07").click()
    expect(forty.title).to_have_text("If app-07 died")
    assert forty.state()["v"] == version
    forty.page.get_by_role("button", name="Commit").click()
    forty.at(version + 1)
    expect(forty.title).to_have_text("app-07 is down")
    less = PlainRing([f"app-{n:02}" for n in range(1, 41) if n != 7], 160)
    keys = (f"user:{n}".encode() for n in range(100_000))
    moved = sum(plain.owner_at(plain.hash(key)) == "app-07" for key in keys)
    expect(forty.ring).to_have_attribute("data-moved", str(moved))
    expect(forty.ring).to_have_attribute("data-tokens", str(len(less.tokens)))
    demo_page.at(SEEDED)
    expect(demo_page.title).to_contain_text("8 nodes share")
    assert demo_page.state()["v"] == SEEDED
