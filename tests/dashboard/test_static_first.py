"""Static files past Django: what is answered is what Django answers, and Django answers the rest."""

from collections.abc import Mapping
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.handlers.asgi import ASGIHandler

from dashboard.static_first import StaticFirst

FILE = "/static/js/lib/http.js"


async def ask(application: Any, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Any:
    """Status, headers and body. A policy's directives come in any order."""
    sent = {"host": "localhost", **(headers or {})}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    asked = ApplicationCommunicator(application, scope)
    await asked.send_input({"type": "http.request"})
    start, body = await asked.receive_output(10), b""
    while True:
        part = await asked.receive_output(10)
        body += part.get("body", b"")
        if not part.get("more_body"):
            break
    found = {name.lower().decode(): value.decode() for name, value in start["headers"]}
    policy = sorted(found.pop("content-security-policy", "").split("; "))
    return start["status"], found, policy, body


async def refuses(_scope: Any, _receive: Any, _send: Any) -> None:
    raise AssertionError("this was Django's to answer")


@pytest.fixture(scope="module")
def django() -> Any:
    return ASGIHandler()


@pytest.mark.parametrize(
    "path", [FILE, "/static/css/shell.css", "/static/admin/css/base.css", "/static/img/ringviz.svg"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_file_is_answered_as_by_django(django: Any, path: str, method: str) -> None:
    answer = await ask(StaticFirst(refuses), path, method)
    assert answer == await ask(django, path, method)
    assert answer[0] == 200
    assert bool(answer[3]) == (method == "GET")


@pytest.mark.parametrize(
    "headers", [{"range": "bytes=10-19"}, {"range": "bytes=99999999-"}, {"accept-encoding": "gzip"}]
)
async def test_parts_are_too(django: Any, headers: dict[str, str]) -> None:
    assert await ask(StaticFirst(refuses), FILE, headers=headers) == await ask(django, FILE, headers=headers)


async def test_what_a_browser_has_is_not_sent_again(django: Any) -> None:
    headers = {"if-none-match": (await ask(StaticFirst(refuses), FILE))[1]["etag"]}
    status, _, _, body = answer = await ask(StaticFirst(refuses), FILE, headers=headers)
    assert (status, body) == (304, b"")
    assert answer == await ask(django, FILE, headers=headers)


async def test_a_file_is_looked_at_each_time(tmp_path: Any, settings: Any) -> None:
    settings.STATICFILES_DIRS = [tmp_path]
    (tmp_path / "grows.js").write_text("short")
    first = StaticFirst(refuses)
    assert (await ask(first, "/static/grows.js"))[3] == b"short"
    (tmp_path / "grows.js").write_text("it is longer now")
    assert (await ask(first, "/static/grows.js"))[3] == b"it is longer now"


@pytest.mark.parametrize(
    ("path", "method"),
    [
        (FILE, "POST"),
        ("/static/js/lib/nothing.js", "GET"),
        ("/static/js/", "GET"),
        ("/static/js/../../manage.py", "GET"),
        ("/static/%00", "GET"),
        ("/static/\0", "GET"),
        ("/static//etc/passwd", "GET"),
        ("/clusters/demo/", "GET"),
        ("/", "HEAD"),
    ],
)
async def test_all_else_is_djangos(path: str, method: str) -> None:
    passed_on = []

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        passed_on.append(scope["path"])

    scope = {"type": "http", "method": method, "path": path, "headers": []}
    await ApplicationCommunicator(StaticFirst(application), scope).wait(10)
    assert passed_on == [path]
