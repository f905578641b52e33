"""The two servers under test, as ASGI applications. They report the CPU time of their process over HTTP."""

import os
import time
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")

import django

django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter  # noqa: E402

from live.consumer import StreamConsumer  # noqa: E402
from live.models import Stream  # noqa: E402
from live.subjects import EventWords, Subject  # noqa: E402

NAME = "bench"
GROUP = "bench"


bench = Subject("bench")


@bench.kind(
    "bench_happened", title="Happened", fold=lambda _state, payload: payload, words=lambda _: EventWords("", "happened")
)
@dataclass(frozen=True)
class Happened:
    """`t` is the time just before the write, in ns since 1970; `filler` makes it as long as a killed node's event."""

    t: int
    filler: str


class Ours(StreamConsumer):
    """A cursor into the hub's feed."""

    async def find_stream(self) -> int | None:
        return await self.read(lambda: Stream.objects.values_list("pk", flat=True).get(name=NAME))

    def snapshot(self, stream_id: int) -> dict[str, Any]:
        raise RuntimeError("the bench connects at the head")


class Peer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """A member of a group. The connection is accepted once it has joined."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def happened(self, message: dict[str, Any]) -> None:
        await self.send(text_data=message["text"])


async def cpu_time(_scope: Any, _receive: Any, send: Any) -> None:
    """Seconds of CPU time, of all threads."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(time.process_time()).encode()})


ours = ProtocolTypeRouter({"http": cpu_time, "websocket": Ours.as_asgi()})
peer = ProtocolTypeRouter({"http": cpu_time, "websocket": Peer.as_asgi()})
