"""The demo's terminal output. A closed terminal is not an error: the demo still ends in order."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

NAME_WIDTH = 12


class Step:
    """One line of progress: a name, and what is known about it so far."""

    def __init__(self, console: "Console", name: str) -> None:
        self._console = console
        self._name = name
        self._drawn = False
        self.result = ""

    def progress(self, text: str) -> None:
        """Shows the progress, replacing the line on a terminal. A file gets only the end."""
        if self._console.is_terminal:
            self._console.write(f"\r\x1b[K  {self._name:<{NAME_WIDTH}} {text}")
            self._drawn = True

    def finish(self, text: str) -> None:
        """Ends the line with this text."""
        start = "\r\x1b[K" if self._drawn else ""
        self._console.write(f"{start}  {self._name:<{NAME_WIDTH}} {text}\n")


class Console:
    """Lines on a stream, flushed at once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        with suppress(OSError, ValueError):
            self.is_terminal = stream.isatty()

    is_terminal = False

    def write(self, text: str) -> None:
        """Writes text unchanged."""
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()

    def line(self, text: str = "") -> None:
        """Writes one line."""
        self.write(f"{text}\n")

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """A step that takes a while; its line ends with `result` and the time it took, in seconds."""
        began = time.monotonic()
        step = Step(self, name)
        step.progress("…")
        yield step
        step.finish(f"{step.result}  {time.monotonic() - began:.1f} s")
