"""A small cluster, and an operator signed in to Django's admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from live.actor import Actor
from ringviz.models import Cluster
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import pattern_key_set

BOSS = Actor(name="boss", origin="command line", may_operate=True)


@pytest.fixture
def small(db) -> Cluster:
    """Three nodes a, b and c of 8 tokens, at version 1."""
    key_set = pattern_key_set(pattern="user:{n}", count=500)
    nodes: Any = [{"name": name} for name in "abc"]
    create_cluster(slug="small", actor=BOSS, name="Small", key_set=key_set, nodes=nodes, vnodes=8)
    return Cluster.objects.get(slug="small")


@pytest.fixture
def operator(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("olga"))
    return client
