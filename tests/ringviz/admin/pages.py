"""Reading the admin's pages."""

from __future__ import annotations

from typing import Any

from django.test import Client

from live.reading import events_after
from ringviz.models import Cluster
from tests.markup import select, texts


def form_values(client: Client, url: str) -> dict[str, str]:
    """What the form at an address would submit unchanged."""
    return values_in(client.get(url).content.decode())


def values_in(page: str) -> dict[str, str]:
    """What a page's form would submit unchanged, except for its choices."""
    values = {one.attributes.get("name", ""): one.attributes.get("value", "") for one in select(page, "#content input")}
    unsent = ("", "csrfmiddlewaretoken", "_save", "_addanother", "_continue")
    return {name: value for name, value in values.items() if name not in unsent}


def errors(response: Any) -> list[str]:
    """The errors that the form shows."""
    return texts(response.content.decode(), ".errorlist li")


def messages(response: Any) -> list[str]:
    """The messages at the top of a page after a redirect."""
    return texts(response.content.decode(), ".messagelist li")


def kinds(cluster: Cluster) -> list[str]:
    """The kinds of event in the log after the first one."""
    return [event.kind for event in events_after(cluster.stream_id, 1)]
