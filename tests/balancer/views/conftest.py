"""Clusters that have a Balancer page, and who looks at them."""

import pytest
from django.test import Client

from live.actor import Actor
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import pattern_key_set

BOSS = Actor(name="boss", origin="command line", may_operate=True)


@pytest.fixture
def home(db) -> str:
    """The address of the page of a simulated cluster."""
    keys = pattern_key_set(pattern="user:{n}", count=100)
    create_cluster(actor=BOSS, slug="small", name="Small", key_set=keys, nodes=[{"name": "a"}], vnodes=8, copies=1)
    return "/clusters/small/balancer/"


@pytest.fixture
def race(home: str) -> str:
    """The address of the race."""
    return f"{home}race/"


@pytest.fixture
def watcher(client: Client) -> Client:
    """Not signed in."""
    return client
