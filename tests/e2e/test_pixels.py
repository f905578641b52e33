"""The drawing itself: the middle of every arc of 6 px and more has the colour that its node has, and grey is grey."""

import math
import re
from typing import Any

import pytest

from tests.demos import Demo
from tests.e2e.recompute import PlainRing
from tests.e2e.ring_page import DEMO, DEMO_NODES, DEMO_TOKENS, SEEDED, RingPage, arcs, open_own, open_ring
from tests.e2e.stage import Own
from tests.e2e.visitors import Visitors

LEAST_PX = 6
FULL = PlainRing(DEMO_NODES, DEMO_TOKENS)
LESS = PlainRing([name for name in DEMO_NODES if name != "cache-4"], DEMO_TOKENS)

# Both layers over the background, at points given by angle and distance from the centre.
SAMPLE = """
(points) => {
  const host = document.querySelector("#ring");
  const [still, moving] = [document.querySelector("#ring-still"), document.querySelector("#ring-moving")];
  const both = new OffscreenCanvas(still.width, still.height).getContext("2d", {willReadFrequently: true});
  both.drawImage(still, 0, 0);
  both.drawImage(moving, 0, 0);
  const scale = still.width / host.clientWidth;
  return points.map(({angle, r}) => {
    const x = host.clientWidth / 2 + r * Math.cos(angle), y = host.clientHeight / 2 + r * Math.sin(angle);
    return [...both.getImageData(Math.floor(x * scale), Math.floor(y * scale), 1, 1).data];
  });
}
"""
COLOURS = """
() => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d");
  const style = getComputedStyle(document.documentElement);
  const rgb = (name) => {
    pen.fillStyle = style.getPropertyValue(name).trim();
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  return {hues: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => rgb(`--n${n}`)), line: rgb("--line")};
}
"""


def near(one: list[int], other: list[int]) -> bool:
    return all(abs(a - b) <= 3 for a, b in zip(one[:3], other[:3], strict=True))


def wide_arcs(plain: PlainRing, name: str, radius: float) -> list[float]:
    """The middle angles of a node's arcs of 6 px and more."""
    return [(start + end) / 2 for start, end in arcs(plain, name) if (end - start) * radius >= LEAST_PX]


def band_of(page: RingPage) -> tuple[float, float]:
    """Inner and outer radius of the ring, found with the pointer."""
    start, end = max(arcs(FULL, "cache-1"), key=lambda arc: arc[1] - arc[0])
    hits = [hit["r"] for hit in page.reach("cache-1", angle=(start + end) / 2)]
    return min(hits) + 4, max(hits) - 4  # the page's reach is 4 px wider than the drawing


def samples(page: RingPage, angles: list[float], radii: list[float]) -> list[list[int]]:
    points = [{"angle": angle, "r": r} for angle in angles for r in radii]
    return list(page.page.evaluate(SAMPLE, points))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_middle_of_every_arc_has_its_nodes_colour(calm_demo: Demo, visitors: Visitors, theme: str) -> None:
    page = open_ring(visitors, calm_demo, DEMO, theme=theme, reduced_motion=True)
    page.page.wait_for_function("() => document.fonts.status === 'loaded'")
    inner, outer = band_of(page)
    edges = [inner + 0.2 * (outer - inner), outer - 0.2 * (outer - inner)]  # a number stands in the middle
    colours: dict[str, Any] = page.page.evaluate(COLOURS)
    seen = 0
    for i, name in enumerate(DEMO_NODES):
        for pixel in samples(page, wide_arcs(FULL, name, inner), edges):
            assert near(pixel, colours["hues"][i]), f"{name}: {pixel} instead of {colours['hues'][i]}"
            seen += 1
    assert seen > 100


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_after_a_kill_only_what_changed_is_coloured(own: Own, visitors: Visitors, theme: str) -> None:
    page = open_own(visitors, own, theme=theme, reduced_motion=True, operator=True).live()
    page.act(action="kill", node=4)
    page.at(SEEDED + 1)
    inner, outer = band_of(page)
    edges = [inner + 0.1 * (outer - inner), inner + 0.25 * (outer - inner)]  # numbers stand further out
    colours: dict[str, Any] = page.page.evaluate(COLOURS)
    for start, end in arcs(FULL, "cache-4"):
        if (end - start) * inner < LEAST_PX:
            continue
        angle = (start + end) / 2
        heir = LESS.owner_at(round((angle + math.pi / 2) % math.tau / math.tau * 2**32) % 2**32)
        for pixel in samples(page, [angle], edges):
            assert near(pixel, colours["hues"][DEMO_NODES.index(heir)]), f"{heir}: {pixel}"
    greys = 0
    dead = [(start - 0.02, end + 0.02) for start, end in arcs(FULL, "cache-4")]
    for name in DEMO_NODES:
        if name == "cache-4":
            continue
        angles = [a for a in wide_arcs(FULL, name, inner) if not any(start < a < end for start, end in dead)]
        for pixel in samples(page, angles, edges):
            assert max(pixel[:3]) - min(pixel[:3]) < 40, f"{name} is not grey: {pixel}"
            assert near(pixel, colours["line"])
            greys += 1
    assert greys > 100


def test_reduced_motion_goes_to_the_end_and_keeps_before_and_after(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, reduced_motion=True, operator=True).live()
    page.page.evaluate(
        """() => {
          globalThis.states = [];
          new MutationObserver((all) => all.forEach(() => states.push(document.querySelector("#ring").dataset.state)))
            .observe(document.querySelector("#ring"), {attributeFilter: ["data-state"]});
        }"""
    )
    page.click_arc("cache-4", FULL)
    page.at(SEEDED + 1)
    assert "animating" not in page.page.evaluate("() => states")
    side = page.page.locator("#side")
    assert re.match("Before / after", side.inner_text())
    after = page.page.evaluate("() => document.querySelector('#ring-moving').toDataURL()")
    side.click()
    assert page.page.evaluate("() => document.querySelector('#ring-moving').toDataURL()") != after
