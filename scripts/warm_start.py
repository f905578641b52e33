"""How long a demo takes from its command to its first page, and until all servers have all their keys.

    python scripts/warm_start.py [STARTS]

It has its own data folder, and starts it once before it measures. Prints the seconds of each start; exits with status 1
if a median is over its budget.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGE_BUDGET_S = 3.0
KEYS_BUDGET_S = 8.0
LOOK_EVERY_S = 0.05
GIVEN_UP_S = 120.0


class Start(NamedTuple):
    """Seconds until the page answered, the link was printed, and every server had what the ring predicts."""

    page: float
    link: float
    keys: float


def started(folder: str) -> Start:
    """One start. The demo is ended afterwards."""
    began = time.monotonic()
    demo = subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": folder, "PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert demo.stdout is not None
    try:
        link = next(line.strip() for line in demo.stdout if "/enter/" in line)
        linked = time.monotonic() - began
        with urllib.request.urlopen(link.partition("enter/")[0], timeout=30) as page:
            page.read()
        answered = time.monotonic() - began
        while not all_stored():
            if time.monotonic() - began > GIVEN_UP_S:
                sys.exit(f"the servers do not have their keys after {GIVEN_UP_S:.0f} s")
            time.sleep(LOOK_EVERY_S)
        return Start(answered, linked, time.monotonic() - began)
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate()


def all_stored() -> bool:
    """Whether all nodes answer, nothing is running, and each stores what the ring predicts."""
    from ringviz.selectors.clusters import known
    from ringviz.selectors.measured import measure

    on = known("demo")
    stored = {number: one.keys if one else None for number, one in measure(on.cluster, on.state).items()}
    predicted = {node["number"]: node["keys"] - node["lost"] for node in on.state["nodes"]}
    at_rest = not on.state["work"] and not on.state["unfilled"]
    return at_rest and stored == predicted and sum(predicted.values()) == on.state["keys"]["count"]


def main() -> int:
    """Prints each start and the medians."""
    starts = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory(prefix="rv-") as folder:
        _connect(folder)
        first = started(folder)
        print(f"first start  page {first.page:.2f} s, keys {first.keys:.2f} s")
        warm = []
        for _ in range(starts):
            one = started(folder)
            warm.append(one)
            print(f"warm start   page {one.page:.2f} s (link after {one.link:.2f} s), keys {one.keys:.2f} s")
    page, keys = median(one.page for one in warm), median(one.keys for one in warm)
    print(
        f"median       page {page:.2f} s, budget {PAGE_BUDGET_S:.0f} s; keys {keys:.2f} s, budget {KEYS_BUDGET_S:.0f} s"
    )
    return int(page > PAGE_BUDGET_S or keys > KEYS_BUDGET_S)


def _connect(folder: str) -> None:
    """Makes this process read the same database and passwords as the demo."""
    os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main())
