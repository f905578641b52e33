"""Which pages may open our WebSockets: only our own.

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


def is_ours(origin: str, host: str) -> bool:
    """Whether a page of this origin may connect to this host. Both are header values; a missing one is "".

    The host must be one we answer to: a foreign name that points to this machine would match itself.
    """
    name, _port = split_domain_port(host.lower())
    if not name or not validate_host(name, settings.ALLOWED_HOSTS):
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()
