"""`make bench`: every figure with its peer, one JSON line each; the core first, then the data sent, then the sockets.

Each part runs in a separate process, so that no part is slowed by what an earlier one left in memory.
"""

import subprocess
import sys

PARTS = (
    "bench.core",
    "bench.strategies",
    "bench.balancer_simulator",
    "bench.snapshot",
    "bench.sockets",
    "bench.detection",
    "bench.moves",
    "bench.servers",
    "bench.handoff",
    "bench.locks",
    "bench.locks_live",
    "bench.visitors",
    "bench.balancer_traffic",
    "bench.balancer_page",
)


def main() -> int:
    """Run the parts named on the command line (core, snapshot, ...), or all; the first failed status."""
    wanted = sys.argv[1:]
    parts = [part for part in PARTS if not wanted or part.split(".")[1] in wanted]
    for part in parts:
        status = subprocess.run([sys.executable, "-m", part], check=False).returncode
        if status != 0:
            print(f"{part} failed with status {status}", file=sys.stderr)
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
