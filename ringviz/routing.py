"""WebSocket addresses of the clusters."""

from django.urls import URLPattern

websocket_urlpatterns: list[URLPattern] = []
