"""Serves the site under a path of its host (PATH_PREFIX), behind a proxy that keeps or strips the prefix."""

from typing import Any


class UnderPrefix:
    """An ASGI application: gives `application` the whole path, and the prefix as `root_path`, as ASGI requires.

    A path that does not begin with the prefix comes from a proxy that stripped it, or from a client that asks this
    process directly. The prefix without its last slash is redirected, because browsers do not send our cookies there.
    """

    def __init__(self, application: Any, prefix: str) -> None:
        self._application = application
        self._prefix = prefix

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        """Answers a request or a WebSocket. `scope`, `receive` and `send` are those of ASGI."""
        if self._prefix == "/" or scope["type"] not in ("http", "websocket"):
            return await self._application(scope, receive, send)
        path = scope["path"]
        if scope["type"] == "http" and f"{path}/" == self._prefix:
            return await self._redirect(scope, send)
        if not path.startswith(self._prefix):
            path = self._prefix + path.removeprefix("/")
        return await self._application({**scope, "path": path, "root_path": self._prefix[:-1]}, receive, send)

    async def _redirect(self, scope: dict[str, Any], send: Any) -> None:
        query = b"?" + scope["query_string"] if scope.get("query_string") else b""
        headers = [(b"location", self._prefix.encode() + query), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 308, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
