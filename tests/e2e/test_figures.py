"""The drawings of the strategies without ranges: what they show is recomputed here, one key at a time."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mmh3
import pytest
from playwright.sync_api import Locator, expect

from tests.demos import Demo
from tests.e2e.ring_page import RingPage, open_ring
from tests.e2e.stage import clusters_for_all
from tests.e2e.visitors import DESKTOP, PHONE, Visitors, violations

KEY, KEYS, VNODES, SIZE, SPACE = "user:20", 2_000, 4, 1_009, 2**32
NAMES = [f"cache-{number}" for number in range(1, 9)]
STRATEGIES = ["modulo", "rendezvous", "jump", "maglev", "multiprobe", "bounded"]

MAKE = f"""
from live.actor import Actor
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import pattern_key_set
boss, keys = Actor(name="test", origin="seed", may_operate=True), pattern_key_set(pattern="user:{{n}}", count={KEYS})
for slug in [*(f"by-{{name}}" for name in {STRATEGIES}), "own-rendezvous"]:
    name = slug.split("-")[1]
    options = {{"maglev": {{"table_size": {SIZE}}}, "bounded": {{"c": 1.0}}}}.get(name, {{}})
    create_cluster(actor=boss, slug=slug, name=name, demo=True, key_set=keys, strategy=name, options=options,
                   vnodes={VNODES}, copies=1, nodes=[{{"name": name}} for name in {NAMES}])
"""


@pytest.fixture(scope="module")
def drawn_demo(seeded_folder: Path) -> Iterator[Demo]:
    """A demo with a cluster of every strategy that has no ranges."""
    with clusters_for_all(seeded_folder, MAKE) as demo:
        yield demo


def shown(
    visitors: Visitors, demo: Demo, strategy: str, key: str = KEY, *, whose: str = "by", **options: Any
) -> RingPage:
    page = open_ring(visitors, demo, f"clusters/{whose}-{strategy}/?key={key}", **options)
    expect(page.page.locator("#walk")).not_to_contain_text("asking")
    expect(page.ring).to_have_attribute("data-strategy", strategy)
    return page


def marks(page: RingPage, selector: str) -> list[dict[str, str]]:
    """The data attributes of the marks of a drawing."""
    expect(page.page.locator(f"#figure {selector}").first).to_be_attached()
    found: list[dict[str, str]] = page.page.locator(f"#figure {selector}").evaluate_all(
        "marks => marks.map(mark => ({...mark.dataset}))"
    )
    return found


def walk(page: RingPage) -> Locator:
    return page.page.locator("#walk")


def hashed(text: str, seed: int = 0) -> int:
    return mmh3.hash(text, seed, signed=False)


def mixed(value: int) -> int:
    """The finaliser of MurmurHash3."""
    value ^= value >> 16
    value = value * 0x85EBCA6B % SPACE
    value ^= value >> 13
    value = value * 0xC2B2AE35 % SPACE
    return value ^ value >> 16


def clockwise(position: int) -> list[tuple[int, int]]:
    """(token, node number) of every token from a position on."""
    tokens = [(hashed(f"{name}#{i}"), number) for number, name in enumerate(NAMES, 1) for i in range(VNODES)]
    return sorted(tokens, key=lambda token: (token[0] - position) % SPACE)


def test_modulo_shows_the_remainder(drawn_demo: Demo, visitors: Visitors) -> None:
    page = shown(visitors, drawn_demo, "modulo")
    rest = hashed(KEY) % 8
    expect(page.page.locator("#figure")).to_contain_text(f"{hashed(KEY):,} mod 8 = {rest}")
    assert marks(page, "[data-place]") == [{"owner": str(n), "place": str(n - 1)} for n in range(1, 9)]
    expect(walk(page)).to_contain_text(f"{hashed(KEY):,} mod 8 = {rest}")
    expect(walk(page)).to_contain_text(NAMES[rest])


def test_rendezvous_shows_the_scores(drawn_demo: Demo, visitors: Visitors) -> None:
    page = shown(visitors, drawn_demo, "rendezvous")
    draws = {number: mixed(hashed(KEY) ^ hashed(name)) for number, name in enumerate(NAMES, 1)}
    scores = {number: -1 / math.log((draw + 0.5) / SPACE) for number, draw in draws.items()}
    best = sorted(scores, key=lambda number: -scores[number])
    bars = marks(page, "[data-score]")
    assert [(int(bar["owner"]), int(bar["draw"])) for bar in bars] == [(number, draws[number]) for number in best]
    assert [float(bar["score"]) for bar in bars] == pytest.approx([scores[number] for number in best])
    expect(walk(page)).to_contain_text(NAMES[best[0] - 1])


def test_jump_shows_the_jumps(drawn_demo: Demo, visitors: Visitors) -> None:
    for key in (KEY, "user:21", "user:22"):
        page = shown(visitors, drawn_demo, "jump", key)
        met, state = [0], hashed(key)
        while met[-1] < 8:
            state = (state * 2862933555777941757 + 1) % 2**64
            met.append(int((met[-1] + 1) * (float(1 << 31) / float((state >> 33) + 1))))
        arcs = [(int(arc["from"]), int(arc["to"]), arc["made"]) for arc in marks(page, "[data-from]")]
        ends = ["true"] * (len(met) - 2) + ["false"]
        assert arcs == list(zip(met, met[1:], ends, strict=False))
        expect(walk(page)).to_contain_text(NAMES[met[-2]])


def table() -> list[int]:
    """The number of the node of each entry, by the words of the paper."""
    orders = [(hashed(name) % SIZE, hashed(name, 1) % (SIZE - 1) + 1) for name in NAMES]
    entries, at = [0] * SIZE, [offset for offset, _skip in orders]
    for turn in range(SIZE):
        node = turn % 8
        while entries[at[node]]:
            at[node] = (at[node] + orders[node][1]) % SIZE
        entries[at[node]] = node + 1
    return entries


def test_maglev_shows_the_entry_and_the_order_of_a_node(drawn_demo: Demo, visitors: Visitors) -> None:
    page = shown(visitors, drawn_demo, "maglev")
    entries, entry = table(), hashed(KEY) % SIZE
    expect(page.page.locator("#figure [data-looked-up]")).to_have_attribute("data-looked-up", str(entry))
    close = marks(page, "[data-owner][data-entry]")
    assert str(entry) in [box["entry"] for box in close]
    assert all(entries[int(box["entry"])] == int(box["owner"]) for box in close)
    expect(walk(page)).to_contain_text(NAMES[entries[entry] - 1])
    page.ring.focus()
    page.page.keyboard.press("ArrowRight")
    offset, skip = hashed("cache-1") % SIZE, hashed("cache-1", 1) % (SIZE - 1) + 1
    asked = [(offset + i * skip) % SIZE for i in range(12)]
    got = [str(entries[at] == 1).lower() for at in asked]
    assert [(int(mark["entry"]), mark["got"]) for mark in marks(page, "[data-asked]")] == list(
        zip(asked, got, strict=True)
    )
    listed = page.page.locator("#figure-list li").first
    expect(listed).to_contain_text(f"cache-1 has {entries.count(1)} of 1,009 entries")


def test_multiprobe_shows_the_nearest_probe(drawn_demo: Demo, visitors: Visitors) -> None:
    page = shown(visitors, drawn_demo, "multiprobe")
    at = hashed(KEY)
    places = [at, *(mixed((at + number * 0x9E3779B9) % SPACE) for number in range(1, 21))]
    nearest = [clockwise(place)[0] for place in places]
    found = {int(mark["probe"]): mark for mark in marks(page, "[data-probe]")}
    for number, (place, (token, node)) in enumerate(zip(places, nearest, strict=True)):
        told = tuple(int(found[number][name]) for name in ("position", "token", "distance", "owner"))
        assert told == (place, token, (token - place) % SPACE, node)
    distances = [(token - place) % SPACE for place, (token, _node) in zip(places, nearest, strict=True)]
    winner = distances.index(min(distances))
    expect(page.page.locator("#figure")).to_contain_text(f"nearest: probe {winner}")
    expect(walk(page)).to_contain_text(NAMES[nearest[winner][1] - 1])
    ticks = marks(page, "[data-ticks]")
    assert [mark["ticks"] for mark in ticks] == [str(VNODES)] * 8


def placed() -> tuple[dict[int, int], dict[str, list[int]]]:
    """The load of each node, and the nodes that each key meets: 2,000 keys, at most 250 a node."""
    loads, ways = dict.fromkeys(range(1, 9), 0), {}
    for key in sorted((f"user:{n}" for n in range(KEYS)), key=hashed):
        met: list[int] = []
        for _token, node in clockwise(hashed(key)):
            if node not in met:
                met.append(node)
                if loads[node] < KEYS / 8:
                    break
        loads[met[-1]] += 1
        ways[key] = met
    return loads, ways


def test_bounded_loads_show_the_way_past_full_nodes(drawn_demo: Demo, visitors: Visitors) -> None:
    loads, ways = placed()
    key = max(ways, key=lambda key: len(ways[key]))
    page = shown(visitors, drawn_demo, "bounded", key)
    assert len(ways[key]) > 2
    met = marks(page, "[data-met]")
    assert [int(mark["owner"]) for mark in met] == ways[key]
    first = {node: token for token, node in reversed(clockwise(hashed(key)))}
    assert [int(mark["token"]) for mark in met] == [first[node] for node in ways[key]]
    assert [mark["full"] for mark in met] == ["true"] * (len(met) - 1) + ["false"]
    levels = {int(mark["owner"]): (int(mark["load"]), int(mark["cap"])) for mark in marks(page, "[data-load]")}
    assert levels == {node: (load, 250) for node, load in loads.items()}
    expect(walk(page)).to_contain_text(NAMES[ways[key][-1] - 1])


def test_a_key_that_is_not_in_the_set_is_said_to_be_none(drawn_demo: Demo, visitors: Visitors) -> None:
    page = shown(visitors, drawn_demo, "bounded", "stranger")
    said = "Bounded loads place the keys of the set together; this key is not one of them."
    expect(walk(page)).to_contain_text(said)
    assert [int(mark["owner"]) for mark in marks(page, "[data-met]")] == [clockwise(hashed("stranger"))[0][1]]
    expect(page.page.locator("#figure-list")).to_contain_text(said)


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        pytest.param(DESKTOP, "light", id="desktop-light"),
        pytest.param(PHONE, "dark", id="phone-dark"),
        pytest.param(DESKTOP, "dark", id="desktop-dark", marks=pytest.mark.long),
        pytest.param(PHONE, "light", id="phone-light", marks=pytest.mark.long),
    ],
)
def test_every_drawing_is_legible(
    drawn_demo: Demo, visitors: Visitors, tmp_path: Path, theme: str, size: tuple[int, int]
) -> None:
    """Pictures of them are left in the test's folder."""
    for strategy in STRATEGIES:
        page = shown(visitors, drawn_demo, strategy, size=size, theme=theme)
        page.page.screenshot(path=tmp_path / f"{strategy}.png")
        assert violations(page.page) == []
        assert page.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        expect(page.page.locator("#figure-list li").first).to_be_attached()
        below = page.page.locator("#core").bounding_box()
        drawing = page.page.locator("#figure").bounding_box()
        assert below
        assert drawing
        assert below["y"] + below["height"] <= drawing["y"] + 1, "the words stand above the drawing"


def test_without_a_key_they_say_so_and_in_the_past_they_draw_the_past(drawn_demo: Demo, visitors: Visitors) -> None:
    page = shown(visitors, drawn_demo, "rendezvous", whose="own", operator=True)
    page.act(action="kill", node=8)
    page.at(2)
    expect(page.page.locator("#figure [data-score]")).to_have_count(7)
    page.page.goto(page.base + f"?key={KEY}&v=1")
    expect(page.page.locator("#figure [data-score]")).to_have_count(8)
    page.page.get_by_label("Key", exact=True).fill("")
    expect(page.page.locator("#figure")).to_have_text(re.compile("Find a key to see its scores"))
