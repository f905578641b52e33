"""A writer process: `python -m tests.live.writer STREAM NAME COUNT SEED` adds to a counter at uneven intervals.

Its database is the one of DATABASE_URL. It begins when a line comes in, and says how many it wrote.
"""

import random
import sys
import time

from tests.live import app

MEAN_PAUSE_S = 0.1


def main() -> None:
    stream_id, name, count, seed = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    chance = random.Random(seed)
    app.declare_kinds()
    print("ready", flush=True)  # noqa: T201  to the test
    sys.stdin.readline()
    for _ in range(count):
        app.add(stream_id, name)
        time.sleep(chance.expovariate(1 / MEAN_PAUSE_S))
    print(count, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
