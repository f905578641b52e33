"""WebSocket addresses of the clusters."""

from django.urls import path

from ringviz.consumers import ClusterConsumer

websocket_urlpatterns = [path("ws/clusters/<slug:slug>/", ClusterConsumer.as_asgi())]
