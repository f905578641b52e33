"""The site under a path of its host, behind a real nginx that is configured as the document says."""

from __future__ import annotations

import json
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests import demos, fronts, started
from tests.fronts import PREFIX

pytestmark = pytest.mark.no_cover  # what runs is another process
SLUG = "forty"
NEW_LINK = """
from dashboard.signin import new_token
from django.utils import timezone
print(new_token(timezone.now()))
"""


class Browser:
    """Sends requests as a browser does: with the cookies that belong to the path, following redirects."""

    def __init__(self) -> None:
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def send(self, url: str, fields: dict[str, Any] | None = None, **headers: str) -> tuple[int, str, str]:
        """Status, final address and text."""
        data = None if fields is None else urlencode(fields).encode()
        try:
            with self._opener.open(urllib.request.Request(url, data, headers), timeout=20) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.url, refused.read().decode()


class Site:
    """A web process under the prefix."""

    def __init__(self, folder: Any, socket: Any) -> None:
        self.folder = folder
        self.socket = socket

    def token(self) -> str:
        made = demos.manage(self.folder, "shell", "-v0", "-c", NEW_LINK, PATH_PREFIX=PREFIX)
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()


@pytest.fixture(scope="module")
def site(seeded_folder: Any) -> Iterator[Site]:
    with started.folder() as folder:
        shutil.copytree(seeded_folder, folder, dirs_exist_ok=True)
        env = demos.environment(folder, PATH_PREFIX=PREFIX, DJANGO_SETTINGS_MODULE="dashboard.settings")
        with started.web("dashboard.asgi:application", env) as socket:
            yield Site(folder, socket)


@pytest.fixture(scope="module", params=[False, True], ids=["whole path", "prefix taken away"])
def url(request: pytest.FixtureRequest, site: Site) -> Iterator[str]:
    with fronts.nginx(f"unix:{site.socket}", strips=request.param) as found:
        yield found


def origin_of(url: str) -> Origin:
    return Origin(url.removesuffix(PREFIX))


def addresses(page: str) -> set[str]:
    """Every address of our host that a page names."""
    named = re.findall(r'(?:href|src|action|hx-get|data-socket|content|data-sign-in)="(/[^"]*)"', page)
    in_boot = re.findall(r'"(/[^"\s]*)"', page)
    return {*named, *in_boot}


@pytest.mark.parametrize("path", ["", f"clusters/{SLUG}/", f"clusters/{SLUG}/timeline/", "balancer/demo/", "nowhere/"])
def test_every_address_that_a_page_names_is_under_the_prefix(url: str, path: str) -> None:
    _status, _url, page = Browser().send(url + path)
    found = addresses(page)
    assert len(found) > 5
    assert [address for address in found if not address.startswith(PREFIX)] == []


def test_the_static_files_of_a_page_are_there(url: str) -> None:
    visitor = Browser()
    _status, _url, page = visitor.send(f"{url}clusters/{SLUG}/")
    names = re.findall(r'(?:href|src)="([^"]+\.(?:css|js|svg))"', page)
    assert len(names) > 5
    assert {visitor.send(urljoin(url, name))[0] for name in names} == {200}


def test_the_path_without_its_slash_leads_to_the_overview(url: str) -> None:
    status, final, _page = Browser().send(url.rstrip("/"))
    assert (status, urlsplit(final).path) == (200, PREFIX)


def test_whoever_signs_in_acts_and_signs_out_without_leaving_the_prefix(url: str, site: Site) -> None:
    person = Browser()
    status, final, page = person.send(f"{url}enter/{site.token()}/")
    assert (status, urlsplit(final).path.startswith(f"{PREFIX}clusters/")) == (200, True)
    assert {(cookie.name, cookie.path) for cookie in person.jar} == {
        ("ringviz_tools_ring_session", PREFIX),
        ("ringviz_tools_ring_csrf", PREFIX),
    }
    _status, _url, page = person.send(f"{url}clusters/{SLUG}/")
    csrf = re.findall(r'<meta name="csrf-token" content="(\w+)"', page)[0]
    boot = json.loads(re.findall(r'<script id="boot"[^>]*>(.*?)</script>', page, re.DOTALL)[0])
    act = urljoin(url, boot["urls"]["act"])
    assert person.send(act, {"action": "kill", "node": 3, "version": boot["v"]})[0] == 403, "without the form's token"
    active = next(node["number"] for node in boot["state"]["nodes"] if node["state"] == "active")
    kill = {"action": "kill", "node": active, "version": boot["v"]}
    address = f"ws{urljoin(url, boot['urls']['socket'])[4:]}?since={boot['v']}&epoch={boot['epoch']}"
    with connect(address, origin=origin_of(url)) as socket:
        status, _url, text = person.send(act, kill, **{"X-CSRFToken": csrf})
        assert status == 200, text
        while (message := json.loads(socket.recv(20)))["type"] != "event":
            pass
    assert message == json.loads(text)["event"] | {"type": "event"}
    status, final, page = person.send(f"{url}admin/")
    assert (status, urlsplit(final).path) == (200, f"{PREFIX}admin/")
    csrf = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
    status, final, _page = person.send(f"{url}admin/logout/", {"csrfmiddlewaretoken": csrf})
    assert (status, urlsplit(final).path.startswith(PREFIX)) == (200, True)
    status, final, _page = person.send(f"{url}admin/ringviz/cluster/")
    assert (status, urlsplit(final)[2:4]) == (
        200,
        (f"{PREFIX}admin/login/", urlencode({"next": f"{PREFIX}admin/ringviz/cluster/"}, safe="/")),
    )


def test_a_page_of_another_origin_gets_no_socket(url: str) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(f"ws{url[4:]}ws/clusters/{SLUG}/", origin=Origin("http://127.0.0.1:1")),
    ):
        pass
    assert refused.value.response.status_code == 403


def test_where_no_socket_gets_through_the_same_address_answers_polls(site: Site) -> None:
    with fronts.nginx(f"unix:{site.socket}", upgrades=False) as url:
        socket = f"{url}ws/clusters/{SLUG}/"
        with pytest.raises(InvalidStatus) as refused, connect(f"ws{socket[4:]}", origin=origin_of(url)):
            pass
        assert refused.value.response.status_code == 426
        visitor = Browser()
        status, _url, text = visitor.send(f"{socket}?page=0123456789abcdef")
        kinds = [message["type"] for message in json.loads(text)]
        assert (status, kinds[:2], kinds[-1]) == (200, ["hello", "snapshot"], "cursor")
        assert visitor.send(f"{socket}?page=0123456789abcdef", Host="evil.example")[0] == 400


def test_check_refuses_what_is_not_a_path(tmp_path: Any) -> None:
    checked = demos.manage(tmp_path, "check", PATH_PREFIX="/tools ring/")
    assert (checked.returncode, checked.stderr.split("'")[0]) == (2, "error: PATH_PREFIX is ")


def test_a_missing_nginx_fails_and_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_args, **_options: None)
    with pytest.raises(AssertionError, match="make setup"):
        fronts.program()
