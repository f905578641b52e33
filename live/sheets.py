"""CSV responses of any length, streamed a few hundred lines at a time."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

_PART_LINES = 500
_writer = ThreadPoolExecutor(1, thread_name_prefix="sheets")  # for all downloads, which take turns


def csv_answer(request: HttpRequest, name: str, rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A file to download. `rows` must not query the database. Foreign text is made harmless (`live.inert`)."""
    parts = _parts(rows)
    # An ASGI server streams only asynchronous iterators; it would read a synchronous one completely before sending.
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
    """The same, asynchronously. No part needs the database, so this does not use its thread."""
    read = sync_to_async(lambda: next(parts, ""), thread_sensitive=False, executor=_writer)
    while part := await read():
        yield part


class _Echo:
    """A file whose `write` returns its argument."""

    def write(self, text: str) -> str:
        """Returns the text."""
        return text
