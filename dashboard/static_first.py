"""Serves the demo's static files without Django: a page needs a hundred, and Django takes milliseconds for each.

servestatic finds the files and makes their headers; Django's own middleware uses it too (dashboard.settings).
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware

from dashboard.staticfiles import StaticFilesMiddleware

Application = Callable[[Any, Any, Any], Awaitable[None]]


class StaticFirst:
    """An ASGI application: answers GET and HEAD of static files, and passes everything else to `application`.

    It looks up and reads files at each request, in the event loop: they are small and local, and a thread for each
    would cost more. Not for a deployment, where http must first be redirected to https.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._files = StaticFilesMiddleware(application)
        self._headers = _encoded(headers_of_every_answer())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request. `scope`, `receive` and `send` are those of ASGI."""
        ours = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        file = self._files.find_file(path) if ours and path.startswith(self._prefix) else None
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
    """The headers that the middleware around Django's static files adds."""
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
