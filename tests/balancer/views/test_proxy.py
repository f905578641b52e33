"""The part of the Balancer page about the proxy."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from balancer.driving.fronted import Front, Fronted
from balancer.driving.fronting import folder_of
from balancer.views import proxy
from ringviz.models import Cluster
from ringviz.selectors.clusters import cluster_of
from servers.address import Address
from tests.ringviz.making import make_cluster

HOME = "/clusters/small/balancer/"
ROW = Fronted(slot=1, status="DOWN", check="L7TOUT", why="late", weight=50, open=3, given=1234, total=2000, failed=7)


@pytest.fixture
def cluster(db: None) -> Cluster:
    """Managed, with nodes a, b, c."""
    make_cluster(kind=Cluster.Kind.MANAGED)
    return cluster_of("small")


def test_the_page_asks_for_it_and_is_told_how_to_start_one(client: Client, cluster: Cluster) -> None:
    found = re.search(r'<section id="proxy" hx-get="([^"]+)" hx-trigger="load"', client.get(HOME).content.decode())
    assert found
    text = client.get(found[1]).content.decode()
    assert "manage.py balance proxy --cluster small" in text
    assert f'hx-get="{found[1]}" hx-trigger="every 5s"' in text
    assert "Real" not in text  # nothing is shown that could be


def test_a_proxy_that_left_its_files_is_not_running(
    client: Client, cluster: Cluster, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    folder = folder_of(cluster)
    folder.mkdir(parents=True)
    (folder / "port").write_text("7000")
    assert "No proxy is running" in client.get(f"{HOME}proxy").content.decode()


def test_a_running_one_is_shown_with_its_nodes(client: Client, cluster: Cluster, monkeypatch) -> None:
    front = Front(Address("127.0.0.1", 7000), "leastconn", {"a": ROW, "<b>": None})
    monkeypatch.setattr(proxy, "front_of", lambda known: front if known.cluster == cluster else None)
    text = client.get(f"{HOME}proxy").content.decode()
    rows = re.findall(r"<tr>.*?</tr>", text, re.DOTALL)[1:]
    cells = [re.findall(r">([^<>]+)</(?:td|bdi)>", row) for row in rows]
    assert cells == [["a", "DOWN", "L7TOUT", "50", "3", "1,234", "2,000", "7"], ["&lt;b&gt;", "not in the proxy"]]
    assert '<span class="tag real">Real</span>' in text
    assert "127.0.0.1:7000" in text


def test_of_no_cluster_there_is_none(client: Client, db: None) -> None:
    assert client.get("/clusters/none/balancer/proxy").status_code == 404
