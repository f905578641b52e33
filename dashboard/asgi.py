"""The ASGI application: HTTP to Django, WebSockets to the consumers, from our own origin only."""

import os
import sys
from typing import Any

import django

from dashboard.environment import mistakes_told

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
with mistakes_told():
    django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path, re_path

from dashboard.origin import OwnHost, SameOrigin
from dashboard.prefix import UnderPrefix
from dashboard.static_first import StaticFirst
from dashboard.visitors.handler import Visitors
from live.routing import ADDRESS, poll, websocket_urlpatterns

# How long a computing thread keeps Python from the others: it is added to each step of a request that only reads.
sys.setswitchinterval(0.001)
visitors: Any = Visitors()
http = URLRouter([path(ADDRESS, OwnHost(poll)), re_path("", visitors)])
application = UnderPrefix(
    ProtocolTypeRouter(
        {
            "http": http if settings.DEPLOYED else StaticFirst(http),
            "websocket": SameOrigin(URLRouter(websocket_urlpatterns)),
        }
    ),
    settings.PATH_PREFIX,
)
