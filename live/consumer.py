"""The WebSocket of a page. A subject gives `find_stream` and `snapshot`; everything else is here. It writes nothing."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error

from live import hub as hubs
from live import wire
from live.position import position
from live.socket import Socket

logger = logging.getLogger(__name__)

T = TypeVar("T")

MOST_RECEIVED_BYTES = 1024
MALFORMED, GONE, FULL, FAILED = 4400, 4404, 4429, 1011


class StreamConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """Sends the events of one stream: hello, then what is missing since `?since=V&epoch=E`, or a snapshot.

    Closes with 4400 for a message that is not understood, 4404 when there is no such stream (any more), 4429 when the
    process holds as many sockets as it may, 1011 when something failed and coming back makes sense.
    """

    _hub: hubs.Hub | None = None
    _socket: Socket | None = None
    _sender: asyncio.Task[None] | None = None
    _call: asyncio.Task[Any] | None = None
    _is_cut = False

    async def find_stream(self) -> int | None:
        """The stream of this address, or None where there is none, or none for this person. Use `self.read`."""
        raise NotImplementedError

    def snapshot(self, stream_id: int) -> dict[str, Any]:
        """`{"v", "epoch", "parts"}` of the stream, for everybody the same. Synchronous, run in a thread of the hub.

        Raises ObjectDoesNotExist when it was deleted meanwhile.
        """
        raise NotImplementedError

    async def read(self, function: Callable[[], T]) -> T:
        """Runs a database read in a thread of the hub."""
        if self._hub is None:
            raise RuntimeError("only between connect and disconnect")
        return await self._hub.read(function)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One connection. However it ends, the hub hears of it."""
        self._call = asyncio.current_task()
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            if not self._is_cut:
                raise
        finally:
            await self._end_sender()
            if self._hub is not None:
                self._hub.leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """The message to its handler. Not through Channels' own, which goes through the shared database thread."""
        handler = getattr(self, message["type"].replace(".", "_"))
        await handler(message)

    async def websocket_disconnect(self, _message: dict[str, Any]) -> None:
        """The page is away."""
        raise StopConsumer

    async def connect(self) -> None:
        """Accepts at once: a refusal before that has no code, and the page could not tell it from a lost connection."""
        await self.accept()
        self._hub = hubs.enter()
        if self._hub is None:
            await self.close(FULL)
            return
        self._sender = asyncio.create_task(self._serve(self._hub))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """`{"type":"resync","since":V}`, or `{"type":"resync"}` for a snapshot, and nothing else."""
        asked = _resync(text_data)
        if asked is None:
            await self._end_sender()
            await self.close(MALFORMED)
        elif self._socket is not None:
            self._socket.resync(asked.since)

    async def _serve(self, hub: hubs.Hub) -> None:
        """Sends until the stream is gone or something fails; then closes, so that no socket stays open and silent."""
        code = FAILED
        try:
            await self._follow(hub)
            code = GONE
        except ObjectDoesNotExist:
            with suppress(OSError):
                await self._send_text(wire.GONE)
            code = GONE
        except OSError:
            return  # the page is away; the server will say so
        except Error as error:
            hub.database_failed(error)
        except Exception:
            logger.exception("Sending to a page failed; it was closed")
        with suppress(OSError, RuntimeError):  # closed meanwhile
            await self.close(code)

    async def _follow(self, hub: hubs.Hub) -> None:
        stream_id = await self.find_stream()
        if stream_id is None:
            raise ObjectDoesNotExist
        socket = Socket(hub, self._send_text, self._cut, lambda: self.snapshot(stream_id))
        feed = await hub.join(stream_id, socket)
        self._socket = socket
        try:
            query = parse_qs(self.scope["query_string"].decode("latin-1"))
            await socket.run(feed, *position(query))
        finally:
            hub.part(feed, socket)

    async def _send_text(self, text: str) -> None:
        """Raises OSError where the page is away."""
        try:
            await self.base_send({"type": "websocket.send", "text": text})
        except RuntimeError as error:
            if "websocket.close" not in str(error):
                raise
            # The server closed it meanwhile, of a page that answers no ping: so uvicorn says it.
            raise ConnectionResetError(str(error)) from error

    def _cut(self) -> None:
        """Ends the connection by ending its task: a page that takes nothing would not take a closing message either."""
        self._is_cut = True
        if self._call is not None:
            self._call.cancel()

    async def _end_sender(self) -> None:
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.wait([self._sender])


class _Resync(NamedTuple):
    """What a page asks for: the events after `since`, or a snapshot where it is None."""

    since: int | None


def _resync(text: str | None) -> _Resync | None:
    """What a message asks for, or None for a message that is not understood."""
    if text is None or len(text.encode()) > MOST_RECEIVED_BYTES:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match message:
        case {"type": "resync", "since": int(since)} if not isinstance(since, bool) and 0 <= since < 10**18:
            return _Resync(since)
        case {"type": "resync", **others} if not others:
            return _Resync(None)
    return None
