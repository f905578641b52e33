"""An operator in its own process: `python -m tests.live.writer SLUG NODE,NODE,... COUNT SEED`.

It kills, drains, revives and reweights its nodes through the services, at uneven intervals, COUNT times. It begins
when it reads a line, and prints how many changes it made. It uses the database of DATABASE_URL.
"""

import random
import sys
import time
from collections.abc import Callable

import django

django.setup()

from live.actor import Actor  # noqa: E402
from tests.ringviz.nodes import drain_node, kill_node, revive_node, reweight_node  # noqa: E402

OPERATOR = Actor("operator", "command line", True)
MEAN_PAUSE_S = 0.1
ACTIVE, AWAY = "active", "away"


def main() -> None:
    slug, count, chance = sys.argv[1], int(sys.argv[3]), random.Random(int(sys.argv[4]))
    states = {int(number): ACTIVE for number in sys.argv[2].split(",")}
    print("ready", flush=True)  # noqa: T201  to the test
    sys.stdin.readline()
    for _ in range(count):
        change(slug, states, chance)
        time.sleep(chance.expovariate(1 / MEAN_PAUSE_S))
    print(count, flush=True)  # noqa: T201


def change(slug: str, states: dict[int, str], chance: random.Random) -> None:
    """Makes one permitted change."""
    number = chance.choice(list(states))
    if states[number] == AWAY:
        revive_node(slug=slug, actor=OPERATOR, number=number)
        states[number] = ACTIVE
    elif chance.random() < 0.5:
        weight = chance.uniform(0.5, 3.0)  # never its current weight: that would be refused
        reweight_node(slug=slug, actor=OPERATOR, number=number, weight=weight)
    else:
        leave: Callable[..., object] = chance.choice([kill_node, drain_node])
        leave(slug=slug, actor=OPERATOR, number=number)
        states[number] = AWAY


if __name__ == "__main__":
    main()
