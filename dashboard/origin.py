"""Which pages may open our WebSockets: only our own; and which hosts we answer to where Django does not look.

Channels' own check compares the host name but not the port, and a browser sends a cookie to every port of a host, so
any other program's page on this machine could listen as the signed-in person. So the origin must be exactly the address
that the connection was made to.
"""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host


class SameOrigin:
    """Accepts a WebSocket whose Origin is the requested Host, or one of CSRF_TRUSTED_ORIGINS; 403 for others."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        """Rejects the connection or passes it on."""
        headers = {name: value.decode("latin1") for name, value in scope["headers"]}
        if is_ours(headers.get(b"origin", ""), headers.get(b"host", "")):
            return await self._application(scope, receive, send)
        return await WebsocketDenier()(scope, receive, send)


class OwnHost:
    """Passes on requests for a host that we answer to; 400 for others. For what does not reach Django's own check."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        """Rejects the request or passes it on."""
        host = next((value.decode("latin1") for name, value in scope["headers"] if name == b"host"), "")
        if answers_to(host):
            return await self._application(scope, receive, send)
        await send({"type": "http.response.start", "status": 400, "headers": [(b"content-length", b"0")]})
        return await send({"type": "http.response.body", "body": b""})


def answers_to(host: str) -> bool:
    """Whether a Host header names us. A foreign name may still point to this machine."""
    name, _port = split_domain_port(host.lower())
    return bool(name) and validate_host(name, settings.ALLOWED_HOSTS)


def is_ours(origin: str, host: str) -> bool:
    """Whether a page of this origin may connect to this host. Both are header values; a missing one is "".

    The host must be one we answer to: a foreign name that points to this machine would match itself.
    """
    if not answers_to(host):
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()
