"""The Ring page as the tests see it: what it shows, and what a person can do on it. Waits are Playwright's own."""

import json
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.demos import Demo
from tests.e2e.recompute import PlainRing
from tests.e2e.stage import Own
from tests.e2e.visitors import Visitors

DEMO = "clusters/demo/"
DEMO_NODES = [f"cache-{n}" for n in range(1, 9)]
DEMO_TOKENS = 16
SEEDED = 6  # the version of the demo's cluster after the seed
PATIENCE_MS = 20_000

# Where a node's arcs are: the pointer is led over the ring, and the page says by its title over which node it is.
PROBE = """
({angle, name}) => {
  const host = document.querySelector("#ring");
  const box = host.getBoundingClientRect();
  const [cx, cy] = [box.left + box.width / 2, box.top + box.height / 2];
  const hits = [];
  for (let r = Math.min(box.width, box.height) / 2; r > 40; r -= 1) {
    const at = {clientX: cx + r * Math.cos(angle), clientY: cy + r * Math.sin(angle)};
    host.dispatchEvent(new PointerEvent("pointermove", {...at, pointerType: "mouse"}));
    if (host.title === name) hits.push({r, x: at.clientX, y: at.clientY});
    else if (hits.length) break;
  }
  host.dispatchEvent(new PointerEvent("pointerleave"));
  return hits;
}
"""


class RingPage:
    """One person's page of one cluster."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.ring = page.locator("#ring")
        self.title = page.locator("#capt")
        self.live_words = page.locator("#live")
        self.said = page.locator("#aloud")
        self.slug = page.url.split("/clusters/")[1].split("/")[0]
        self.base = page.url.split("/clusters/")[0] + f"/clusters/{self.slug}/"

    def row(self, number: int) -> Locator:
        """A node's row in the right rail."""
        return self.page.locator(f"#nodes tr[data-node='{number}']")

    def at(self, version: int) -> "RingPage":
        """Waits until it shows this version and nothing moves."""
        expect(self.ring).to_have_attribute("data-version", str(version), timeout=PATIENCE_MS)
        return self.still()

    def still(self) -> "RingPage":
        """Waits until it is drawn and nothing moves."""
        expect(self.ring).to_have_attribute("data-lod", re.compile("."), timeout=PATIENCE_MS)
        expect(self.page.locator("#core")).not_to_contain_text("Loading", timeout=PATIENCE_MS)
        expect(self.ring).to_have_attribute("data-state", "idle", timeout=PATIENCE_MS)
        return self

    def live(self) -> "RingPage":
        expect(self.live_words).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
        return self

    def state(self, version: int | None = None) -> dict[str, Any]:
        """The server's answer about a version, or about the newest if none is given: `{"v", "state", ...}`."""
        answer = self.page.request.get(f"{self.base}state", params={} if version is None else {"v": version})
        assert answer.ok, answer.text()
        return dict(answer.json())

    def try_act(self, **fields: object) -> tuple[int, dict[str, Any]]:
        """Posts an action from inside the page, as the page does. Returns the status and the answer."""
        answer = self.page.evaluate(
            """async (fields) => {
              const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
              const body = new URLSearchParams(fields);
              const answer = await fetch("act", {method: "POST", headers: {"x-csrftoken": token}, body});
              return [answer.status, await answer.json().catch(() => ({}))];
            }""",
            {name: str(value) for name, value in fields.items()},
        )
        return int(answer[0]), dict(answer[1])

    def act(self, **fields: object) -> int:
        """Act over HTTP on the newest version; the version that it became."""
        status, answer = self.try_act(version=self.state()["v"], **fields)
        assert status == 200, answer
        return int(answer["v"])

    def reach(self, name: str, *, angle: float) -> list[dict[str, float]]:
        """Where the page says that the pointer is over the node, outermost first; r is from the centre."""
        found = self.page.evaluate(PROBE, {"angle": angle, "name": name})
        assert found, f"the page shows no arc of {name} there"
        return list(found)

    def click_arc(self, name: str, plain: PlainRing) -> None:
        """Click the middle of the node's widest arc."""
        start, end = max(arcs(plain, name), key=lambda arc: arc[1] - arc[0])
        hits = self.reach(name, angle=(start + end) / 2)
        middle = hits[len(hits) // 2]
        self.page.mouse.click(middle["x"], middle["y"])

    def rail(self) -> list[str]:
        """The text of every node's row in the right rail, without the time it has been in its state."""
        texts = self.page.locator("#nodes tbody tr").all_inner_texts()
        return [re.sub(r"down \d+ \w+", "down", text) for text in texts]

    def mirror(self) -> list[dict[str, str]]:
        """The rows of the table that mirrors the ring: heading to text."""
        table = self.page.locator("#mirror table.all")
        expect(table.locator("tbody tr:not(.pad)").first).to_be_visible()
        heads = [text.strip() for text in table.locator("thead th").all_inner_texts()]
        rows = table.locator("tbody tr:not(.pad)").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
        )
        return [dict(zip(heads, cells, strict=True)) for cells in rows]


def arcs(plain: PlainRing, name: str) -> list[tuple[float, float]]:
    """A node's arcs as angles of a canvas: 0 to the right, clockwise, token 0 at the top. start < end."""
    turn = 6.283185307179586

    def angle(token: int) -> float:
        return token / 2**32 * turn - turn / 4

    found = []
    for (start, end), owner in plain.ranges().items():
        if owner == name:
            found.append((angle(start) - (turn if start >= end else 0), angle(end)))
    return found


def open_ring(visitors: Visitors, demo: Demo, path: str = DEMO, **options: Any) -> RingPage:
    """Opens a cluster's page as a new person: drawn, still and live."""
    return RingPage(visitors.open(demo, path, **options)).still()


def open_own(visitors: Visitors, own: Own, query: str = "", **options: Any) -> RingPage:
    """The same of the test's own cluster."""
    return open_ring(visitors, own.demo, own.path + query, **options)


def number(text: str) -> int:
    """The first whole number of a text, as a person reads it: "1,234 keys" is 1234; a real minus counts."""
    found = re.search(r"[−+]?\d[\d,]*", text)
    assert found, text
    return int(found.group(0).replace(",", "").replace("−", "-"))


def grouped(n: int) -> str:
    return f"{n:,}"


def boot(page: Page) -> dict[str, Any]:
    """The data that the server put into the page."""
    return dict(json.loads(page.locator("#boot").text_content() or ""))
