"""Another system's ring is just another placement: this ring with real programs' placements, otherwise unchanged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ringviz.core.placement import Key, PlacedNode
from ringviz.core.ring import HashRing

VECTORS = Path(__file__).parent / "vectors"


@dataclass(frozen=True)
class Ketama:
    """40 groups of four tokens per node, each the MD5 of `name-group` read as four little-endian numbers."""

    groups: int = 40
    shift: int = 0

    def token_count(self, node: PlacedNode) -> int:
        return 4 * self.groups

    def tokens(self, node: PlacedNode) -> NDArray[np.uint32]:
        digests = b"".join(hashlib.md5(f"{node.name}-{group}".encode()).digest() for group in range(self.groups))
        return np.frombuffer(digests, "<u4").astype(np.uint32)

    def hash(self, key: Key) -> int:
        data = key.encode() if isinstance(key, str) else key
        return int.from_bytes(hashlib.md5(data).digest()[:4], "little")

    def hash_many(self, keys: Iterable[Key]) -> NDArray[np.uint32]:
        return np.array([self.hash(key) for key in keys], np.uint32)


def read(name: str) -> tuple[list[str], list[dict[str, str]]]:
    group = json.loads((VECTORS / name).read_text())["groups"][0]
    params = group["params"]
    servers = params.get("nodes") or [server for server, _ in params["servers"]]
    return servers, group["cases"]


@pytest.mark.parametrize(("file", "owner"), [("libketama.json", "server"), ("uhashring_ketama.json", "node")])
def test_keys_fall_where_the_real_program_puts_them(file: str, owner: str) -> None:
    servers, cases = read(file)
    ring = HashRing(map(PlacedNode, servers), Ketama())
    assert len(ring.tokens) == 800
    assert len(cases) == 80
    for case in cases:
        assert ring.placement.hash(case["key"]) == int(case["hash"])
        assert ring.owner(case["key"]) == case[owner]
        assert ring.walk(int(case["hash"]), 1) == [(servers.index(case[owner]), int(case["point"]))]
