"""The states that are designed: empty, small, short of copies, long names, crowded, presented, importing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.demos import Demo
from tests.e2e.recompute import PlainRing
from tests.e2e.ring_page import PATIENCE_MS, RingPage, open_ring
from tests.e2e.stage import clusters_for_all
from tests.e2e.visitors import PHONE, Visitors, violations

LONG = "cache-prod-eu-central-1a-node-{}.internal.example"
MAKE = """
from live.actor import Actor
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import file_key_set, pattern_key_set
from io import BytesIO
boss = Actor(name="test", origin="seed", may_operate=True)
few, none = pattern_key_set(pattern="k{n}", count=1000), pattern_key_set(pattern="none{n}", count=0)
odd = file_key_set(source=BytesIO(b"=1+1\\n\\xff\\xfe\\n<b>bold</b>\\n\\x1b[31mred\\n"), label="odd.txt")
def make(slug, keys, *nodes, **more):
    create_cluster(actor=boss, slug=slug, name=slug.title(), demo=True, key_set=keys, nodes=[*nodes],
                   **{"vnodes": 16, **more})
named = lambda *names: [{"name": name} for name in names]
make("empty", few)
make("one", few, *named("only"))
make("keyless", none, *named("a", "b", "c"))
make("weightless", few, {"name": "a"}, {"name": "b", "weight": 0.0}, {"name": "c", "weight": 2.0})
make("three", few, *named("a", "b", "c"), copies=3)
make("long", few, *named(*("LONG".replace("{}", f"{n:02}") for n in range(1, 6))))
make("odd", odd, *named("a", "b"))
make("crowd", few, *named(*(f"app-{n:03}" for n in range(1, 101))), vnodes=150)
""".replace("LONG", LONG)


@pytest.fixture(scope="module")
def clusters(simulated_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo with a cluster for each state. A test changes only the cluster that is its own."""
    with clusters_for_all(simulated_folder, MAKE) as running:
        yield running


def core(page: RingPage) -> str:
    return page.page.locator("#core").inner_text()


def test_no_node_then_one(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/empty/", operator=True).live()
    expect(page.title).to_have_text("No node yet")
    expect(page.page.locator("#capp")).to_have_text("A key has no owner until a node is active.")
    assert "nodes on the ring" in core(page)
    page.page.get_by_label("Key", exact=True).fill("x")
    expect(page.page.locator("#walk")).to_contain_text("no node is active")
    assert violations(page.page) == []
    page.act(action="add", name="first", weight=1)
    page.at(2)
    expect(page.page.locator("#core .big")).to_have_text("100.0%")
    expect(page.page.locator("#walk")).to_contain_text("first")
    page.page.get_by_role("button", name="Done").click()
    expect(page.title).to_have_text("1 node owns all 1,000 keys")
    page.act(action="kill", node=1)
    page.at(3)
    page.act(action="remove", node=1)
    page.at(4)
    expect(page.ring).to_have_attribute("data-tokens", "0")


def test_one_node_dies(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/one/", operator=True).live()
    expect(page.title).to_have_text("1 node owns all 1,000 keys")
    page.click_arc("only", PlainRing(["only"], 16))
    page.at(2)
    expect(page.row(1)).to_have_class("dead")
    expect(page.ring).to_have_attribute("data-moved", "1000")
    expect(page.page.locator("#panel-more")).to_contain_text("lost, the only copy")
    page.page.get_by_role("button", name="All 1,000 moved keys").click()
    expect(page.page.locator("#moved-dialog tbody tr").first).to_contain_text("nobody")


def test_no_keys_is_shares_of_the_hash_space(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/keyless/", operator=True).live()
    expect(page.title).to_have_text("3 nodes, no keys yet")
    shares = [float(text.rstrip("%")) for text in page.page.locator("#nodes td.num:nth-child(3)").all_inner_texts()]
    assert sum(shares) == pytest.approx(100, abs=0.2)
    page.click_arc("b", PlainRing("abc", 16))
    page.at(2)
    expect(page.page.locator("#core")).to_contain_text("of the hash space changed owner")
    page.page.get_by_label("Key", exact=True).fill("works already")
    expect(page.page.locator("#walk")).to_contain_text("Owner")


def test_weight_nothing_owns_nothing(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/weightless/", operator=True).live()
    expect(page.ring).to_have_attribute("data-tokens", "48")
    expect(page.row(2).locator("td.num").first).to_have_text("0")
    page.act(action="kill", node=2)
    page.at(2)
    expect(page.page.locator("#capp")).to_contain_text("It owned no keys, so nothing moved.")
    expect(page.ring).to_have_attribute("data-moved", "0")


def test_three_nodes_one_down_three_copies(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/three/", operator=True).live()
    page.click_arc("b", PlainRing("abc", 16))
    page.at(2)
    expect(page.title).to_have_text("b is down: keys have 2 of 3 copies")
    assert "1,000 keys are 1 copy short." in core(page)
    expect(page.page.locator("#copies-note")).to_have_text("2 of 3: not enough active nodes")
    expect(page.page.locator("#tab-more")).to_have_text("Copies")
    page.page.get_by_label("Key", exact=True).fill("x")
    expect(page.page.locator("#walk")).to_contain_text("1 more: no node left")
    page.page.locator("#core").get_by_role("button", name="Revive b").click()
    page.at(3)
    expect(page.title).to_have_text("b is back")


def test_long_names_are_short_here_and_whole_there(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/long/", operator=True, size=(1024, 768)).live()
    expect(page.row(3).locator("button.name")).to_have_text("03")
    expect(page.row(3).locator("button.name")).to_have_attribute("title", LONG.format("03"))
    expect(page.page.locator("#nodes")).to_contain_text("Short names leave out the part that all names share")
    page.page.locator("#screen").click()
    assert LONG.format("03") in page.mirror()[2]["Node"]
    page.page.locator("#screen").click()
    page.act(action="kill", node=3)
    page.at(2)
    expect(page.title).to_have_text("03 is down")
    expect(page.page.locator("#capp")).to_contain_text(f"Short for {LONG.format('03')}.")
    wide = page.page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 1024


def test_odd_keys_are_shown_inert_and_leave_as_csv(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/odd/", operator=True).live()
    page.act(action="kill", node=1)
    page.at(2)
    page.act(action="kill", node=2)
    page.at(3)
    page.page.get_by_role("button", name=re.compile("moved key")).click()
    shown = page.page.locator("#moved-dialog td.keytext")
    expect(shown).to_have_count(4)
    assert set(shown.all_inner_texts()) == {"=1+1", r"\xff\xfe", "<b>bold</b>", r"\x1b[31mred"}
    text = page.page.request.get(f"{page.base}moved.csv?v=3").text()
    assert "\n'=1+1," in text.replace("\r", "")
    assert b"\xff\xfe".hex() in text


def test_ten_thousand_tokens_and_more(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/hundred/", operator=True).live()
    expect(page.ring).to_have_attribute("data-lod", "band")
    total = int(page.ring.get_attribute("data-tokens") or 0)
    assert 14_900 < total <= 15_000
    page.page.get_by_role("button", name="All 100 nodes").click()
    rows = page.page.locator("#mirror tbody tr:not(.pad)")
    assert rows.count() < 100, "rows out of view are drawn"
    expect(page.page.locator("#mirror table")).to_have_attribute("aria-rowcount", "101")
    page.page.get_by_label("Filter nodes").fill("zone-b")
    expect(page.page.locator("#mirror").get_by_role("status")).to_have_text(re.compile(r"3\d nodes"))
    page.page.get_by_label("Filter nodes").fill("")
    page.page.locator("#mirror").get_by_role("button", name="Keys").click()
    expect(page.page.locator("#mirror th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    most = [row["Node"] for row in page.mirror()[:2]]
    state = sorted(page.state()["state"]["nodes"], key=lambda node: -node["keys"])
    assert [name.endswith(node["name"]) for name, node in zip(most, state, strict=False)] == [True, True]
    page.page.keyboard.press("Escape")
    page.page.get_by_label("Find a node to pin").fill("app-007")
    page.page.keyboard.press("Enter")
    expect(page.page.locator("#nodes")).to_contain_text("app-007")


def test_after_a_death_among_a_hundred_the_list_has_the_largest_receivers(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/crowd/", operator=True).live()
    page.act(action="kill", node=7)
    page.at(2)
    expect(page.page.locator("#nodes tr[data-node='7']")).to_have_class("dead")
    expect(page.page.locator("#nodes tbody tr")).to_have_count(6)  # the dead node and its five largest receivers


def test_by_zone_the_legend_names_every_zone_and_pins_stay_apart(clusters: Demo, visitors: Visitors) -> None:
    for size in ((1440, 900), PHONE):
        page = open_ring(visitors, clusters, "clusters/hundred/", size=size)
        chips = page.page.locator("#nodes .chip")
        before = [chip.get_attribute("class") for chip in chips.all()]
        page.page.locator("#colour").click()
        swatches = page.page.locator("#legend .zone")
        expect(page.page.locator("#legend")).to_be_visible()
        expect(swatches).to_have_count(3)
        if size == PHONE:
            legend, ring = page.page.locator("#legend").bounding_box(), page.ring.bounding_box()
            assert legend
            assert ring
            assert legend["y"] >= ring["y"] + ring["height"], "the legend lies on the ring"
        named = page.page.locator("#legend div", has=page.page.locator(".zone")).all_inner_texts()
        assert [text.strip() for text in named] == ["zone-a", "zone-b", "zone-c"]
        assert [chip.get_attribute("class") for chip in chips.all()] == before, "a pin has another colour"
        colours = [
            one.evaluate("one => getComputedStyle(one).backgroundColor") for one in [*swatches.all(), *chips.all()]
        ]
        assert len(set(colours)) == 6, colours
        page.page.locator("#colour").click()
        expect(swatches).to_have_count(0)


def test_a_plan_that_is_about_no_node_leaves_the_pins(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/hundred/", operator=True).live()
    pinned = page.page.locator("#nodes button.name").all_inner_texts()
    page.page.get_by_role("button", name="Change keys").click()
    page.page.locator("#keys-dialog").get_by_role("button", name="Show the plan").click()
    expect(page.title).to_have_text("Plan: change the keys")
    assert len(pinned) == 3
    assert page.page.locator("#nodes button.name").all_inner_texts() == pinned


@pytest.mark.parametrize(("size", "room"), [((1280, 720), False), ((1920, 1200), True)])
def test_words_below_the_lens_stay_inside_of_the_ring(
    clusters: Demo, visitors: Visitors, size: tuple[int, int], room: bool
) -> None:
    page = open_ring(visitors, clusters, "clusters/hundred/?plan=kill&node=3", size=size).live()
    expect(page.page.locator("#core .big")).to_be_visible()
    for part in (".sub", ".cmp"):
        expect(page.page.locator(f"#core {part}")).to_be_visible(visible=room)


def test_presentation_has_large_text_and_no_frame(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, size=(1280, 720))
    page.page.keyboard.press("p")
    for gone in (".top", ".rail.l", ".time .ctl"):
        expect(page.page.locator(gone).first).to_be_hidden()
    sizes = page.page.evaluate(
        """() => [...document.querySelectorAll("#capt, #capp, #core *")]
          .filter((one) => one.checkVisibility() && [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
          .map((one) => [one.textContent, parseFloat(getComputedStyle(one).fontSize)])"""
    )
    assert all(size >= 20 for _text, size in sizes), sizes
    page.page.get_by_role("button", name="Leave").click()
    expect(page.page.locator(".top").first).to_be_visible()


def test_other_keys_are_planned_committed_and_undone(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/demo/", operator=True).live()
    watcher = open_ring(visitors, clusters, "clusters/demo/", size=PHONE).live()
    version, was = page.state()["v"], page.state()["state"]
    page.page.get_by_role("button", name="Change keys").click()
    page.page.get_by_label("Pattern").fill("item:{n}")
    page.page.get_by_label("How many").fill("12,345")
    expect(page.page.locator("#keys-sample")).to_contain_text("item:")
    page.page.locator("#keys-dialog").get_by_role("button", name="Show the plan").click()
    expect(page.title).to_have_text("Plan: change the keys")
    expect(page.page.locator("#keys-dialog")).to_be_hidden()
    cells = page.page.locator("#panel-more .led > div").all_inner_texts()
    assert [" ".join(text.split()) for text in cells] == ["12,345 would come", "20,000 would go", "0 would stay"]
    assert page.state()["v"] == version, "a plan has changed something"
    page.page.wait_for_function("() => location.search.includes('plan=keys')")
    page.page.reload()
    page.page.get_by_role("button", name="Commit").click()
    for one in (page, watcher):
        one.at(version + 1)
        expect(one.title).to_have_text("Now: 12,345 keys")
    plain = PlainRing([f"cache-{n}" for n in range(1, 9)], 16)
    counts = plain.counts(f"item:{n}".encode() for n in range(12_345))
    assert [node["keys"] for node in page.state()["state"]["nodes"]] == [counts[f"cache-{n}"] for n in range(1, 9)]
    page.page.get_by_role("button", name="Undo").click()
    page.at(version + 2)
    now = page.state()["state"]
    assert (now["keys"], [node["keys"] for node in now["nodes"]]) == (
        was["keys"],
        [node["keys"] for node in was["nodes"]],
    )


def test_a_bad_file_keeps_the_dialog_open_and_is_named_with_its_line(clusters: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, clusters, "clusters/demo/", operator=True).live()
    version, dialog = page.state()["v"], page.page.locator("#keys-dialog")
    visitors.watch(page.page).allow("400")  # an empty file is refused at once
    page.page.get_by_role("button", name="Change keys").click()
    expect(dialog).to_be_visible()
    field, error = page.page.locator("#keys-file"), page.page.locator("#keys-file-error")
    bad = b"\n".join([b"one", b"two", b"x" * 2000, b"four"])
    for name, content, said in (
        ("bad.txt", bad, "Line 3 has more than 1024 bytes. Shorten it."),
        ("twice.txt", b"a\nb\na\n", "Line 3 repeats the key a of line 1. Name each key once."),
        ("empty.txt", b"", "The file is empty. Choose a file with at least one key."),
    ):
        field.set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})
        expect(error).to_have_text(f"{name}: {said} Nothing was changed.", timeout=PATIENCE_MS)
        expect(dialog).to_be_visible()
        assert page.state()["v"] == version
    assert violations(page.page, within="#keys-dialog") == []
    page.page.get_by_label("How many").fill("-5")
    dialog.get_by_role("button", name="Show the plan").click()
    expect(page.page.locator("#keys-count-error")).to_be_visible()
    expect(error).to_be_hidden()
    good = b"\n".join(f"line {n}".encode() for n in range(3_000))
    field.set_input_files({"name": "good.txt", "mimeType": "text/plain", "buffer": good})
    expect(dialog).to_be_hidden()
    page.page.get_by_role("button", name="Commit").click()
    page.at(version + 1)
    expect(page.title).to_contain_text("3,000 keys")
    expect(page.page.locator("#keys-label")).to_have_text("good.txt")
    page.page.get_by_role("button", name="Undo").click()
    page.at(version + 2)
