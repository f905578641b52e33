"""CSV answers of any length: made a few hundred lines at a time, and sent as they are made."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

_PART_LINES = 500
_writer = ThreadPoolExecutor(1, thread_name_prefix="sheets")  # of all downloads, a part of each in turn


def csv_answer(request: HttpRequest, name: str, rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A file to download. `rows` ask no database, and what is somebody else's is made harmless (`live.inert`)."""
    parts = _parts(rows)
    # An ASGI server takes an asynchronous stream; a synchronous one it would read whole before it sends.
    stream = _awaited(parts) if isinstance(request, ASGIRequest) else parts
    response = StreamingHttpResponse(stream, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _parts(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines, a few hundred at a time."""
    writer = csv.writer(_Echo())
    lines = (writer.writerow(row) for row in rows)
    while part := "".join(islice(lines, _PART_LINES)):
        yield part


async def _awaited(parts: Iterator[str]) -> AsyncIterator[str]:
    """The same for a server that must not be blocked. No part needs the database, and so not its thread."""
    read = sync_to_async(lambda: next(parts, ""), thread_sensitive=False, executor=_writer)
    while part := await read():
        yield part


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text
