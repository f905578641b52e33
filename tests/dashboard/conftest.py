"""Clusters with a log, written row by row: the shell's pages show rows, wherever they come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from live.models import Event, Stream
from ringviz.core.placement import Murmur, PlacedNode
from ringviz.core.ring import HashRing
from ringviz.models import Cluster, KeySet, Node

START = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
KINDS = ("node_added", "node_killed")

Maker = Callable[..., Cluster]


def one_event(version: int, keys: int) -> dict[str, Any]:
    """Events alternate: cache-N added at even versions, killed at odd ones; a tenth of the keys moves."""
    node = {"name": f"cache-{version}", "number": version, "weight": 1.0}
    movement = {"keys": keys, "moved": keys // 10, "modulo": {"moved": keys // 2}, "pairs": []}
    return {"node": node, "changed": [], "movement": movement}


@pytest.fixture
def make_cluster(db: None) -> Maker:
    """A cluster of nodes named cache-1.. whose figures are the ring's own, with `events` events a minute apart."""

    def make(
        slug: str = "demo",
        *,
        states: Sequence[str] = ("active",) * 3,
        keys: int = 1000,
        events: int = 5,
        trimmed: int = 0,
        **fields: Any,
    ) -> Cluster:
        stream = Stream.objects.create(name=f"cluster:{slug}", version=events)
        key_set = KeySet.objects.create(kind="pattern", pattern="k{n}", label="k{n}", count=keys, digest="-")
        settings = {"name": slug.title(), "vnodes": 16, "copies": 1, **fields}
        cluster = Cluster.objects.create(slug=slug, key_set=key_set, stream=stream, **settings)
        names = [f"cache-{place}" for place in range(1, len(states) + 1)]
        on_ring = [PlacedNode(name) for name, state in zip(names, states, strict=True) if state == "active"]
        shares = dict(
            zip(
                [member.name for member in on_ring],
                HashRing(on_ring, Murmur(cluster.vnodes)).ownership().tolist(),
                strict=True,
            )
        )
        for place, (name, state) in enumerate(zip(names, states, strict=True), start=1):
            share = shares.get(name, 0.0)
            figures = {"keys": int(share * keys), "ownership": share, "tokens": cluster.vnodes}
            Node.objects.create(cluster=cluster, number=place, name=name, state=state, **figures)
        for version in range(trimmed + 1, events + 1):
            Event.objects.create(
                stream=stream,
                version=version,
                kind=KINDS[version % 2],
                payload=one_event(version, keys),
                actor="ada",
                origin="page",
                at=START + timedelta(minutes=version),
            )
        return cluster

    return make


@pytest.fixture
def operator_client(client: Any, django_user_model: Any) -> Any:
    """A browser session that may operate."""
    client.force_login(django_user_model.objects.create_superuser("operator"))
    return client
