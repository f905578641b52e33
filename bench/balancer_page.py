"""Real requests a second while the Balancer page is open, beside redis-py's asyncio client on the same nodes.

`python -m bench.balancer_page` prints a JSON line as `bench.core` does. A whole demo runs: its web server, supervisor,
driver and servers, and a browser with the page. All of them share this machine's processors, for both figures.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from balancer.core.bounds import HIGHEST_RATE
from bench.balancer_traffic import A_NODE, ROUND_S, ROUNDS, awaited, run
from bench.core import Line, line
from servers.address import Address
from tests import demos, started
from tests.demos import Demo
from tests.e2e.visitors import CHROMIUM_OPTIONS, Visitors, system_chromium

PAGE = "clusters/demo/balancer/"
PATIENCE_MS = 60_000


def main() -> None:
    """Prints the line."""
    with started.folder() as folder, demos.running(folder) as demo:
        demo.wait_for_keys()
        told(demo, "ring", "workload", "off")
        with shown(demo) as page:
            print(measured(demo, page), flush=True)


def measured(demo: Demo, page: Page) -> Line:
    """Ours and redis-py's in turn, the best number of its connections."""
    ports = [Address.parse(node["address"]).port for node in boot(page)["ring"]["nodes"]]
    password = next((demo.folder / "clusters").glob("*/password")).read_text()
    ours: list[float] = []
    theirs: dict[int, list[float]] = {a_node: [] for a_node in A_NODE}
    with ThreadPoolExecutor(1) as thread:  # Playwright's loop has this one
        for _ in range(ROUNDS):
            ours.append(driven(demo, page))
            for a_node, rates in theirs.items():
                rates.append(thread.submit(run, awaited(ports, password, a_node)).result())
    best = max(theirs, key=lambda a_node: median(theirs[a_node]))
    rate, peer_rate = median(ours), median(theirs[best])
    return line(
        f"a real ECHO through {len(ports)} nodes under round robin, with the page open",
        1e6 / rate,
        "microseconds",
        f"redis-py asyncio, {best * len(ports)} connections and tasks, with the page open",
        1e6 / peer_rate,
        ">= 10 times the peer",
        f"{rate:,.0f} a second beside {peer_rate:,.0f}; asked for {HIGHEST_RATE:,.0f}",
    )


def driven(demo: Demo, page: Page) -> float:
    """The most answers per second of the driver's process, while the page shows them."""
    told(demo, "balance", "set", "round_robin", "--on", "--rate", str(HIGHEST_RATE), "--skew", "0")
    while not (counts := answered(demo)):
        continue
    expect(page.locator("#running")).to_be_visible(timeout=PATIENCE_MS)
    before, begun = counts, time.perf_counter()
    while (now := time.perf_counter()) < begun + ROUND_S:
        time.sleep(begun + ROUND_S - now)
    after, ended = answered(demo), time.perf_counter()
    told(demo, "balance", "set", "--off")
    return (after - before) / (ended - begun)


def answered(demo: Demo) -> int:
    """How many requests the driver had an answer for, by its newest frame; 0 while there is none. Raises on errors."""
    status: dict[str, Any] = json.loads(told(demo, "balance", "status", "--json"))
    nodes = (status["run"] or {"nodes": {}})["nodes"].values()
    if any(sum(node["errors"].values()) for node in nodes):
        raise AssertionError("a node has failed")
    return sum(node["answered"] for node in nodes)


def boot(page: Page) -> dict[str, Any]:
    """The page's initial data."""
    found: dict[str, Any] = json.loads(page.locator("#boot").text_content() or "")
    return found


def told(demo: Demo, *words: str) -> str:
    """The output of a command of the project."""
    done = demo.manage(*words)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


@contextmanager
def shown(demo: Demo) -> Iterator[Page]:
    """An operator's browser has the page open, and shows what the driver tells."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=CHROMIUM_OPTIONS)
        visitors = Visitors(browser)
        page = visitors.open(demo, PAGE, operator=True)
        yield page
        visitors.leave()
        browser.close()


if __name__ == "__main__":
    main()
