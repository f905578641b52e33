"""Whose pages may open our WebSockets: our own only.

Channels' own check looks at the host's name and not at its port, and a browser sends a cookie to every port of a host:
any other program's page on this machine could listen as the person signed in here. So the origin must be the very
address that the connection was made to.
"""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host


class SameOrigin:
    """Passes on a WebSocket whose Origin is the Host asked for, or one of CSRF_TRUSTED_ORIGINS; 403 for others."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        """Refuse or pass on."""
        headers = {name: value.decode("latin1") for name, value in scope["headers"]}
        if is_ours(headers.get(b"origin", ""), headers.get(b"host", "")):
            return await self._application(scope, receive, send)
        return await WebsocketDenier()(scope, receive, send)


def is_ours(origin: str, host: str) -> bool:
    """Whether a page of this origin may connect to this host. Both as the headers have them; a missing one is "".

    The host must be one we answer to: a stranger's name that points to this machine would agree with itself.
    """
    name, _port = split_domain_port(host.lower())
    if not name or not validate_host(name, settings.ALLOWED_HOSTS):
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()
