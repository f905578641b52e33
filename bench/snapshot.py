"""How many bytes a page receives, compared with tokens that are not binary, or with a snapshot for every event.

`python -m bench.snapshot` prints JSON lines as `bench.core` does.
"""

import json
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from bench.core import line  # noqa: E402
from ringviz.core.keys import KeyIndex  # noqa: E402
from ringviz.core.placement import Murmur  # noqa: E402
from ringviz.core.state import ClusterState, KeysState, NodeState, State, new_node  # noqa: E402
from ringviz.core.text import pattern_keys  # noqa: E402
from ringviz.selectors.picture import tokens_file  # noqa: E402
from ringviz.selectors.placing import changed_figures, movement_summary, strategy_of, with_figures  # noqa: E402

KEYS = 100_000
NOTE = "bytes before compression; 100,000 keys"


def state_of(nodes: int, vnodes: int, keys: KeyIndex, *, down: int = 0) -> State:
    """A cluster with this many nodes; `down` is the number of a node that is not active."""
    cluster = ClusterState(
        slug="bench",
        name="Bench",
        kind="simulated",
        demo=False,
        strategy="ring",
        options={},
        vnodes=vnodes,
        copies=3,
        seed=0,
        replicas=0,
        memory=0,
    )
    members = []
    for number in range(1, nodes + 1):
        node = new_node(
            number=number,
            since="2026-11-25T12:00:00.000Z",
            name=f"app-{number:03}",
            address=f"10.0.{number >> 8}.{number & 255}:6379",
            zone=f"zone-{'abc'[number % 3]}",
        )
        members.append(NodeState(**{**node, "state": "down" if number == down else "active"}))
    told = KeysState(id=1, kind="pattern", label="user:{n}", count=KEYS)
    state = State(cluster=cluster, keys=told, nodes=members, work=[], unfilled=[], workload=None)
    return with_figures(state, keys)


def size(value: Any) -> int:
    """The bytes of its JSON, as the sockets send it."""
    return len(json.dumps(value, separators=(",", ":")).encode())


def compare(nodes: int, vnodes: int, keys: KeyIndex) -> None:
    """A cluster's snapshot and the event of a kill in it."""
    before, after = state_of(nodes, vnodes, keys), state_of(nodes, vnodes, keys, down=2)
    snapshot = size(before) + len(tokens_file(before, 1))
    tokens = strategy_of(before)
    as_json = size(before) + size([tokens.tokens.tolist(), strategy_of(before).owners(tokens.tokens).tolist()])
    named = f"{nodes} nodes x {vnodes}"
    print(line(f"snapshot, {named}", snapshot, "bytes", "tokens and owners as JSON", as_json, "", NOTE))
    payload = {
        "node": after["nodes"][1],
        "changed": changed_figures(before, after, without=2),
        "movement": movement_summary(before, after, keys),
        "undoes": None,
    }
    print(line(f"event of a kill, {named}", size(payload), "bytes", "a snapshot for every event", snapshot, "", NOTE))


def main() -> None:
    """The demo's size, a real tier, and a hundred nodes."""
    keys = KeyIndex.build(Murmur().hash_many(list(pattern_keys("user:{n}", 0, KEYS))))
    for nodes, vnodes in ((8, 16), (40, 160), (100, 150)):
        compare(nodes, vnodes, keys)


if __name__ == "__main__":
    main()
