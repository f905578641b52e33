"""A small cluster over HTTP, for an operator and for a watcher."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from live.actor import Actor
from ringviz.services.clusters import NewNode, create_cluster
from ringviz.services.keys import pattern_key_set
from tests.ringviz.nodes import add_node

BOSS = Actor(name="boss", origin="command line", may_operate=True)


@pytest.fixture
def cluster(db):
    """Four nodes, the fourth added by an event of its own: version 2. 1,000 keys, 3 copies, 8 tokens per node."""
    keys = pattern_key_set(pattern="user:{n}", count=1_000)
    nodes: list[NewNode] = [{"name": name} for name in ("a", "b", "c")]
    create_cluster(actor=BOSS, slug="small", name="Small", key_set=keys, nodes=nodes, vnodes=8, copies=3)
    add_node(slug="small", actor=BOSS, name="d")
    return "/clusters/small/"


@pytest.fixture
def watcher(client: Client) -> Client:
    """Not signed in."""
    return client


@pytest.fixture
def operator(db) -> Client:
    """Signed in, with the right to operate."""
    client = Client()
    client.force_login(User.objects.create_superuser("operator"))
    return client
