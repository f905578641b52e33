"""The WebSocket of a page. Subclasses define `find_stream` and `snapshot`; everything else is here. Read-only."""

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
    """Sends the events of one stream: hello, then the events since `?since=V&epoch=E`, or a snapshot.

    Closes with 4400 for an invalid message, 4404 if the stream does not exist (any more), 4429 if the process is at its
    limit of sockets, and 1011 after an error, when reconnecting makes sense.
    """

    _hub: hubs.Hub | None = None
    _socket: Socket | None = None
    _sender: asyncio.Task[None] | None = None
    _call: asyncio.Task[Any] | None = None
    _is_cut = False

    async def find_stream(self) -> int | None:
        """The stream at this URL. None if it does not exist or this person may not see it. Use `self.read`."""
        raise NotImplementedError

    def snapshot(self, stream_id: int) -> dict[str, Any]:
        """`{"v", "epoch", "parts"}` of the stream, the same for everybody. Synchronous; runs in a thread of the hub.

        Raises ObjectDoesNotExist if it has been deleted.
        """
        raise NotImplementedError

    async def read(self, function: Callable[[], T]) -> T:
        """Runs a database read in a thread of the hub."""
        if self._hub is None:
            raise RuntimeError("only between connect and disconnect")
        return await self._hub.read(function)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handles one connection. However it ends, the hub is notified."""
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
        """Passes a message to its handler. Bypasses Channels' own dispatch, which uses the shared database thread."""
        handler = getattr(self, message["type"].replace(".", "_"))
        await handler(message)

    async def websocket_disconnect(self, _message: dict[str, Any]) -> None:
        """The page has disconnected."""
        raise StopConsumer

    async def connect(self) -> None:
        """Accepts at once: a rejected handshake has no code, so a page would take it for a lost connection."""
        await self.accept()
        self._hub = hubs.enter()
        if self._hub is None:
            await self.close(FULL)
            return
        self._sender = asyncio.create_task(self._serve(self._hub))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Accepts only `{"type":"resync","since":V}`, or `{"type":"resync"}` for a snapshot."""
        asked = _resync(text_data)
        if asked is None:
            await self._end_sender()
            await self.close(MALFORMED)
        elif self._socket is not None:
            self._socket.resync(asked.since)

    async def _serve(self, hub: hubs.Hub) -> None:
        """Sends until the stream is gone or something fails, then closes, so that no socket stays open and silent."""
        code = FAILED
        try:
            await self._follow(hub)
            code = GONE
        except ObjectDoesNotExist:
            with suppress(OSError):
                await self._send_text(wire.GONE)
            code = GONE
        except OSError:
            return  # the page has disconnected; the server will report it
        except Error as error:
            hub.database_failed(error)
        except Exception:
            logger.exception("Sending to a page failed; it was closed")
        with suppress(OSError, RuntimeError):  # already closed
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
        """Raises OSError if the page has disconnected."""
        try:
            await self.base_send({"type": "websocket.send", "text": text})
        except RuntimeError as error:
            if "websocket.close" not in str(error):
                raise
            # uvicorn raises this if it closed the connection because the page did not answer a ping.
            raise ConnectionResetError(str(error)) from error

    def _cut(self) -> None:
        """Ends the connection by cancelling its task. A page that receives nothing would not receive a close message
        either.
        """
        self._is_cut = True
        if self._call is not None:
            self._call.cancel()

    async def _end_sender(self) -> None:
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.wait([self._sender])


class _Resync(NamedTuple):
    """A page's request: the events after `since`, or a snapshot if it is None."""

    since: int | None


def _resync(text: str | None) -> _Resync | None:
    """The request in a message, or None if it is invalid."""
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
