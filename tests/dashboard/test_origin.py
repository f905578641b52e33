"""Only our own pages may open a WebSocket."""

import json

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from dashboard.origin import is_ours
from tests import demos


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://rings.example"]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:80", "[::1]:8000"])
def test_the_page_of_this_address_may(host):
    assert is_ours(f"http://{host}", host)
    assert is_ours(f"https://{host.lower()}", host)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://127.0.0.1:9000",  # another program of this machine
        "http://localhost:8000",
        "http://evil.example",
        "http://127.0.0.1:8000.evil.example",
        "http://evil.example#127.0.0.1:8000",
        "file://127.0.0.1:8000",
    ],
)
def test_another_may_not(origin):
    assert not is_ours(origin, "127.0.0.1:8000")


def test_a_name_that_merely_points_here_may_not():
    assert not is_ours("http://evil.example:8000", "evil.example:8000")
    assert not is_ours("http://", "")


def test_a_trusted_origin_may():
    assert is_ours("https://rings.example", "127.0.0.1:8000")
    assert not is_ours("http://rings.example", "127.0.0.1:8000")


def test_a_running_demo_refuses_pages_of_other_origins(data_folder):
    with demos.running(data_folder) as demo:
        socket = f"{demo.url.replace('http', 'ws', 1)}ws/clusters/demo/"
        own = demo.url.rstrip("/")
        with connect(socket, origin=Origin(own)) as connection:
            assert json.loads(connection.recv(30))["type"] == "hello"
        for other in ("http://evil.example", own.replace("127.0.0.1", "localhost"), f"{own}1", None):
            with pytest.raises(InvalidStatus) as refused:
                connect(socket, origin=Origin(other) if other else None)
            assert refused.value.response.status_code == 403
