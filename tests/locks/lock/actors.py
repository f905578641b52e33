"""Processes that hold, await and contend for locks, as a test sees them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any

from tests import started
from tests.locks.lock.nursery import KEY
from tests.processes import heeding_signals

WITHIN_S = 60.0


class Actor:
    """One of our processes. It is told what to do by the name of a method of `nursery.Actor`."""

    def __init__(self, line: Connection, url: str) -> None:
        self._line = line
        self.pid = line.recv()
        line.send(url)

    def begin(self, name: str, *arguments: object) -> None:
        """Tells it what to do, without waiting."""
        self._line.send((name, arguments))

    def reply(self) -> Any:
        """Returns the result. Raises what the process raised, or AssertionError after a minute."""
        assert self._line.poll(WITHIN_S), f"no answer within {WITHIN_S} s"
        told = self._line.recv()
        if isinstance(told, Exception):
            raise told
        return told

    def do(self, name: str, *arguments: object) -> Any:
        """Tells it what to do, and waits for the result."""
        self.begin(name, *arguments)
        return self.reply()

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)


class Actors:
    """Makes actors. Each is killed with the nursery at the end."""

    def __init__(self, listener: Listener, nursery: subprocess.Popen[str], url: str) -> None:
        self._listener = listener
        self._nursery = nursery
        self._url = url

    def new(self) -> Actor:
        """Starts one more process."""
        assert self._nursery.stdin is not None
        self._nursery.stdin.write("\n")
        self._nursery.stdin.flush()
        return Actor(self._listener.accept(), self._url)


@contextmanager
def actors(url: str) -> Iterator[Actors]:
    """Processes that use the server at this URL."""
    with started.folder() as folder, Listener(str(folder / "actors.sock"), authkey=KEY, backlog=64) as listener:
        argv = [sys.executable, "-m", "tests.locks.lock.nursery", str(listener.address)]
        with heeding_signals():
            nursery = subprocess.Popen(argv, cwd=Path.cwd(), stdin=subprocess.PIPE, text=True, start_new_session=True)
        try:
            yield Actors(listener, nursery, url)
        finally:
            os.killpg(nursery.pid, signal.SIGKILL)
            nursery.wait()
            if nursery.stdin is not None:
                nursery.stdin.close()
