"""Clusters for the commands to work on, created through the services."""

from __future__ import annotations

from typing import Any

from live.actor import Actor
from ringviz.models import Cluster
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import pattern_key_set

MAKER = Actor(name="maker", origin="system", may_operate=True)


def make_cluster(slug: str, nodes: int = 3, **fields: Any) -> Cluster:
    """Nodes cache-1.. of 16 tokens and 1000 keys, at version 1."""
    given = {"vnodes": 16, "key_set": pattern_key_set(pattern="key-{n}", count=1000), **fields}
    names = [{"name": f"cache-{number}"} for number in range(1, nodes + 1)]
    create_cluster(actor=MAKER, slug=slug, name=slug.title(), nodes=names, **given)  # type: ignore[arg-type]
    return Cluster.objects.get(slug=slug)
