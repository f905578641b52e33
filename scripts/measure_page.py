"""Measures the Ring page in a real browser against the budgets of the interface: one JSON line per figure.

First visits are measured in both forms, from sources and bundled behind nginx, also over a slow network.

`python scripts/measure_page.py` starts its own demo in a temporary folder. Times are medians of several visits; they
depend on this machine and its load, which is printed first.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests import demos, fronts, started  # noqa: E402
from tests.dashboard.test_bundle import made  # noqa: E402
from tests.demos import Demo  # noqa: E402
from tests.e2e.visitors import CHROMIUM_OPTIONS, DESKTOP, sign_in_link, system_chromium  # noqa: E402

VISITS = 5
SLOW = {"offline": False, "latency": 50, "downloadThroughput": 10e6 / 8, "uploadThroughput": 10e6 / 8}  # ms, bytes/s
KILLS = 10
# Largest paint and blocking in ms; shift is a score; ring, pixel and frame in ms; sizes in gzipped bytes. Own
# scripts and style sheets have their budgets in tests/dashboard/test_bundle.py: those are of a bundled deployment.
BUDGETS = {
    "largest_paint_ms": 1000,
    "blocking_ms": 200,
    "layout_shift": 0.02,
    "first_ring_ms": 100,
    "event_to_pixel_ms": 100,
    "frame_p95_ms": 25,
    "vendor_js_bytes": 25_000,
    "font_bytes": 52_000,
}

WATCH = """
globalThis.seen = {paint: 0, shift: 0, blocking: 0, longest: 0, fills: [], script: 0};
const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
  .observe({type, buffered: true});
watch("largest-contentful-paint", (entry) => { seen.paint = entry.startTime; });
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
watch("longtask", (entry) => {
  seen.blocking += Math.max(0, entry.duration - 50);
  seen.longest = Math.max(seen.longest, entry.duration);
});
const fill = CanvasRenderingContext2D.prototype.fill;
CanvasRenderingContext2D.prototype.fill = function (...rest) {
  if (this.canvas.id === "ring-still") seen.fills.push(performance.now());
  return fill.apply(this, rest);
};
"""
FIRST_RING = """
() => {
  const entries = performance.getEntriesByType("resource");
  const tokens = entries.find(({name}) => name.includes("tokens.bin"));
  const since = tokens ? tokens.responseEnd : 0;
  const drawn = seen.fills.find((at) => at >= since) ?? seen.fills[0];
  return {drawn, after: drawn - since};
}
"""
# When a kill arrives: the first frame after the version changed, by the clock that both pages share.
AWAIT_PIXEL = """
(version) => new Promise((done) => {
  const host = document.querySelector("#ring");
  const look = () => {
    if (host.dataset.version !== String(version)) return;
    watcher.disconnect();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done(performance.timeOrigin + performance.now());
      channel.port2.postMessage(0);
    });
  };
  const watcher = new MutationObserver(look);
  watcher.observe(host, {attributeFilter: ["data-version"]});
  look();
})
"""
FRAMES = """
() => {
  globalThis.frames = [];
  let last = 0;
  const tick = (at) => {
    if (document.querySelector("#ring").dataset.state === "animating" && last) frames.push(at - last);
    last = at;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}
"""
ACT = """
async ({action, node}) => {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const {v} = await (await fetch("state")).json();
  const body = new URLSearchParams({action, node, version: v});
  const at = performance.timeOrigin + performance.now();
  await fetch("act", {method: "POST", headers: {"x-csrftoken": token}, body});
  return at;
}
"""


def tell(name: str, value: float, **more: object) -> None:
    """One figure as a line, with its budget if it has one."""
    line: dict[str, object] = {"figure": name, **more, "value": round(value, 3)}
    if name in BUDGETS:
        line |= {"budget": BUDGETS[name], "within": value <= BUDGETS[name]}
    print(json.dumps(line), flush=True)


def drawn(page: Page) -> None:
    """Waits until the page has its ring and its connection, and nothing moves."""
    page.wait_for_function("() => document.querySelector('#ring')?.dataset.lod")
    page.wait_for_function("() => document.querySelector('#live')?.dataset.state === 'live'")
    page.wait_for_function("() => document.querySelector('#ring').dataset.state === 'idle'")


def person(browser: Browser, demo: Demo, slug: str, *, operator: bool = False) -> Page:
    """A new visitor on a cluster's page, with an empty cache."""
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page = context.new_page()
    if operator:
        page.goto(sign_in_link(demo))
    page.add_init_script(WATCH)
    page.goto(f"{demo.url}clusters/{slug}/", wait_until="networkidle")
    drawn(page)
    return page


ARRIVED = """
() => {
  const all = performance.getEntriesByType("resource").filter(({name}) => name.startsWith(location.origin));
  const sum = (some) => some.reduce((total, {transferSize}) => total + transferSize, 0);
  const [page] = performance.getEntriesByType("navigation");
  const scripts = all.filter(({initiatorType, name}) => /\\.js(\\?|$)/.test(name) && !name.includes("/vendor/"));
  const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const sheets = all.filter(({name, responseEnd}) => /\\.css(\\?|$)/.test(name) && responseEnd <= paint);
  const bytes = sum(all) + page.transferSize;
  return {bytes, scripts: sum(scripts), sheets: sum(sheets), requests: all.length + 1, paint};
}
"""


@contextmanager
def bundled(folder: Path) -> Iterator[str]:
    """A deployment of the demo's data with the bundle, behind nginx; gives its address."""
    env = {
        "BUNDLE_DIR": str(made(folder)),
        "DEPLOYED": "1",
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "PATH_PREFIX": fronts.PREFIX,
        "SECURE_SSL_REDIRECT": "0",
    }
    demos.manage(folder, "collectstatic", "--noinput", "-v0", **env).check_returncode()
    with (
        started.web("dashboard.asgi:application", demos.environment(folder, **env)) as socket,
        fronts.nginx(f"unix:{socket}") as url,
    ):
        yield url


def arrivals(browser: Browser, url: str, slug: str, form: str, network: str) -> None:
    """What a first visit loads, and when it has painted and drawn its ring; medians."""
    figures: dict[str, list[float]] = {}
    for _visit in range(VISITS):
        context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        page = context.new_page()
        if network == "slow":
            context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
        page.add_init_script(WATCH)
        page.goto(f"{url}clusters/{slug}/", wait_until="networkidle")
        drawn(page)
        arrived, ring = page.evaluate(ARRIVED), page.evaluate(FIRST_RING)
        for name, value in (
            ("page_kb", arrived["bytes"] / 1000),
            ("own_js_kb", arrived["scripts"] / 1000),
            ("first_paint_css_kb", arrived["sheets"] / 1000),
            ("requests", arrived["requests"]),
            ("first_paint_ms", arrived["paint"]),
            ("arrival_largest_paint_ms", page.evaluate("() => seen.paint")),
            ("arrival_ring_ms", ring["drawn"]),
        ):
            figures.setdefault(name, []).append(value)
        context.close()
    for name, values in figures.items():
        tell(name, statistics.median(values), cluster=slug, form=form, network=network, most=round(max(values), 3))


def first_visits(browser: Browser, demo: Demo, slug: str) -> Page:
    """Paint, blocking, shift and the first ring of a first visit, as medians; and the page of the last one."""
    figures: dict[str, list[float]] = {}
    for _visit in range(VISITS):
        page = person(browser, demo, slug)
        seen, ring = page.evaluate("() => seen"), page.evaluate(FIRST_RING)
        for name, value in (
            ("largest_paint_ms", seen["paint"]),
            ("blocking_ms", seen["blocking"]),
            ("longest_task_ms", seen["longest"]),
            ("layout_shift", seen["shift"]),
            ("ring_since_navigation_ms", ring["drawn"]),
            ("first_ring_ms", ring["after"]),
        ):
            figures.setdefault(name, []).append(value)
        if _visit < VISITS - 1:
            page.context.close()
    for name, values in figures.items():
        tell(name, statistics.median(values), cluster=slug, most=round(max(values), 3))
    return page


def kills(browser: Browser, demo: Demo, slug: str) -> None:
    """From an operator's act to the pixel in another browser, and the frames of the animation there."""
    operator, watcher = person(browser, demo, slug, operator=True), person(browser, demo, slug)
    watcher.evaluate(FRAMES)
    version = int(watcher.locator("#ring").get_attribute("data-version") or 0)
    waits = []
    for turn in range(KILLS):
        action = "revive" if turn % 2 else "kill"
        pixel = watcher.evaluate_handle(f"() => ({{at: ({AWAIT_PIXEL})({version + turn + 1})}})")
        start = operator.evaluate(ACT, {"action": action, "node": "4"})
        waits.append(float(pixel.evaluate("async ({at}) => await at")) - start)
        for page in (watcher, operator):
            page.wait_for_function("() => document.querySelector('#ring').dataset.state === 'idle'")
    frames = sorted(watcher.evaluate("() => frames"))
    tell("event_to_pixel_ms", statistics.median(waits), cluster=slug, most=round(max(waits), 3), of=KILLS)
    if frames:
        p95 = frames[min(len(frames) - 1, int(len(frames) * 0.95))]
        tell("frame_p95_ms", p95, cluster=slug, median=round(statistics.median(frames), 3), frames=len(frames))
    operator.context.close()
    watcher.context.close()


def loaded(page: Page) -> Iterator[Path]:
    """Our own files that the page has loaded."""
    for name in page.evaluate("() => performance.getEntriesByType('resource').map(({name}) => name)"):
        path = urlsplit(name).path
        if path.startswith("/static/") and (ROOT / path[1:]).exists():
            yield ROOT / path[1:]


def sizes(page: Page, slug: str) -> None:
    """The bytes of a first visit: scripts and styles gzipped, fonts as they are."""
    kinds = {"own_js_bytes": 0, "vendor_js_bytes": 0, "css_bytes": 0, "font_bytes": 0}
    for file in set(loaded(page)):
        data = file.read_bytes()
        if file.suffix == ".woff2":
            kinds["font_bytes"] += len(data)
        elif file.suffix == ".css":
            kinds["css_bytes"] += len(gzip.compress(data, 9))
        elif file.suffix == ".js":
            kinds["vendor_js_bytes" if "vendor" in file.parts else "own_js_bytes"] += len(gzip.compress(data, 9))
    for name, value in kinds.items():
        tell(name, value, cluster=slug)


def main() -> None:
    """All figures for the demo's ring and the one with a hundred nodes."""
    tell("load_average", os.getloadavg()[0], cores=os.cpu_count())
    with started.folder() as folder, demos.running(folder) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=CHROMIUM_OPTIONS)
        with bundled(folder) as url:
            for network in ("fast", "slow"):
                arrivals(browser, demo.url, "demo", "sources", network)
                arrivals(browser, url, "demo", "bundle", network)
        for slug in ("demo", "forty", "hundred"):
            page = first_visits(browser, demo, slug)
            sizes(page, slug)
            page.context.close()
            if slug != "demo":  # there a kill is requested, done and refilled: three events over time
                kills(browser, demo, slug)
        browser.close()


if __name__ == "__main__":
    main()
