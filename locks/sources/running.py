"""A script that runs repeatedly: the server works on the next call while we parse the last answer."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any

from redis.exceptions import RedisError, ResponseError

from locks.sources.lines import Line

Arguments = tuple[Any, ...]


class Running:
    """Sends a call and returns its answer later, one at a time. As a context manager, it holds a connection of the
    line.

    Both `send` and `answer` raise SourceTrouble, within the line's deadline. If the server does not have the script
    yet, or does not accept its digest, nothing is sent ahead.
    """

    def __init__(self, line: Line, script: str) -> None:
        self._line = line
        self._script = script
        self._connection: Any = None
        self._sent: Arguments | None = None
        self._words: Arguments | None = None
        self._begun = 0.0

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if self._connection is None:
            return
        if self._words is not None:
            self._connection.disconnect()  # so that nobody takes the pending answer for their own
        self._line.give_back(self._connection)
        self._connection = None

    def send(self, arguments: Arguments) -> None:
        """Sends a call."""
        self._sent = arguments
        words = self._line.by_digest(self._script, arguments)
        if words is None:
            return
        self._begun = time.perf_counter()
        try:
            if self._connection is None:
                self._connection = self._line.take()
            self._words = words
            self._connection.send_command(*words)
        except (RedisError, OSError) as error:
            raise self._line.trouble(error, str(words[0])) from error

    def answer(self) -> Any:
        """The answer to the last call."""
        assert self._sent is not None  # noqa: S101
        if self._words is None:
            return self._line.run(self._script, self._sent)
        words, answer = self._words, b""
        try:
            answer = self._connection.read_response()
            self._words = None
            return answer
        except ResponseError as error:
            self._words = None
            if self._line.needs_text(self._script, error):
                return self._line.run(self._script, self._sent)
            raise self._line.trouble(error, str(words[0])) from error
        except (RedisError, OSError) as error:
            raise self._line.trouble(error, str(words[0])) from error
        finally:
            self._line.count(words, answer, self._begun)

    def answers(self, calls: Iterable[Arguments]) -> Iterator[tuple[Arguments, Any]]:
        """Each call with its answer, in order."""
        last: Arguments | None = None
        for call in calls:
            if last is None:
                self.send(last := call)
                continue
            answer = self.answer()
            self.send(call)
            yield last, answer
            last = call
        if last is not None:
            yield last, self.answer()
