"""Reading the admin's pages."""

from __future__ import annotations

from typing import Any

from django.test import Client

from live.reading import events_after
from ringviz.models import Cluster
from tests.markup import select, texts


def form_values(client: Client, url: str) -> dict[str, str]:
    """What the form at an address would send as it stands."""
    return values_in(client.get(url).content.decode())


def values_in(page: str) -> dict[str, str]:
    """What the form of a page would send as it stands, but for its choices."""
    values = {one.attributes.get("name", ""): one.attributes.get("value", "") for one in select(page, "#content input")}
    unsent = ("", "csrfmiddlewaretoken", "_save", "_addanother", "_continue")
    return {name: value for name, value in values.items() if name not in unsent}


def errors(response: Any) -> list[str]:
    """What the form says is wrong."""
    return texts(response.content.decode(), ".errorlist li")


def messages(response: Any) -> list[str]:
    """What stands above a page after a redirect."""
    return texts(response.content.decode(), ".messagelist li")


def kinds(cluster: Cluster) -> list[str]:
    """The log after the first event."""
    return [event.kind for event in events_after(cluster.stream_id, 1)]
