"""The demo's static files, given past Django: a page asks for a hundred, and Django takes milliseconds for each.

What is found, and what is said of it, is servestatic's, which Django's own middleware asks too (dashboard.settings).
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware

from dashboard.staticfiles import StaticFilesMiddleware

Application = Callable[[Any, Any, Any], Awaitable[None]]


class StaticFirst:
    """An ASGI application: GET and HEAD of a static file are answered here, all else by `application`.

    Files are looked for and read at each request, in the loop: they are small, of this machine's disk, and a thread
    for each would cost more. Not for a deployment, where http is to be sent to https first.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._files = StaticFilesMiddleware(application)
        self._headers = _encoded(headers_of_every_answer())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request. `scope`, `receive` and `send` are those of ASGI."""
        ours = scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and not scope.get("root_path")
        file = self._files.find_file(scope["path"]) if ours and scope["path"].startswith(self._prefix) else None
        if file is None:
            await self._application(scope, receive, send)
            return
        answer = file.get_response(scope["method"], _as_wsgi(scope["headers"]))
        body = b""
        if answer.file is not None:
            with answer.file:
                body = answer.file.read()
        headers = [*_encoded(answer.headers), *self._headers]
        await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
        await send({"type": "http.response.body", "body": body})

    @property
    def _prefix(self) -> str:
        return str(self._files.static_prefix)


def headers_of_every_answer() -> list[tuple[str, str]]:
    """What the middleware around Django's static files adds to each of them."""
    answer = HttpResponse()
    del answer["Content-Type"]
    for middleware in (CSPMiddleware, SecurityMiddleware):
        middleware(lambda _request: answer)(HttpRequest())
    return list(answer.items())


def _encoded(headers: Iterable[tuple[str, str | None]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers if value is not None]


def _as_wsgi(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The names that servestatic looks for."""
    return {
        f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1") for name, value in headers
    }
