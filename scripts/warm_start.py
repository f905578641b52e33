"""How long a demo takes from its command to its first page, the data being there: prints the seconds of each start.

    python scripts/warm_start.py [STARTS]

It has a data folder of its own, and starts it once before it counts.
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

ROOT = Path(__file__).resolve().parent.parent
BUDGET_S = 3.0


def start_to_page(folder: str) -> tuple[float, float]:
    """Seconds until the page answered, and until the link was printed. The demo is ended afterwards."""
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
        return time.monotonic() - began, linked
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate()


def main() -> int:
    """Print each start and the median; status 1 where the median is over the budget."""
    starts = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory(prefix="rv-") as folder:
        first, _linked = start_to_page(folder)
        print(f"first start {first:.2f} s")
        pages = []
        for _ in range(starts):
            page, linked = start_to_page(folder)
            pages.append(page)
            print(f"warm start  {page:.2f} s (link after {linked:.2f} s)")
    print(f"median      {median(pages):.2f} s, budget {BUDGET_S:.0f} s")
    return int(median(pages) > BUDGET_S)


if __name__ == "__main__":
    sys.exit(main())
