"""`python -m tests.locks.lock.nursery SOCKET`: forks a process for each line that it reads, and each is an actor.

Importing redis-py takes half a second of processor time. It is done once here, so 32 processes cost no more than one.
An actor connects to SOCKET and does what it is told: the name of a method of `Actor`, and its arguments.
"""

from __future__ import annotations

import fcntl
import os
import random
import signal
import sys
import time
from multiprocessing.connection import Client
from pathlib import Path

from redis import Redis

from locks.lock import Held, Lock, LockError, asking, client_of

KEY = b"tests of the lock"


class NotingRedis(Redis):
    """Notes when the first reply came: from then on, a waiter is in line."""

    replied_at = 0.0

    def execute_command(self, *args, **options):
        reply = super().execute_command(*args, **options)
        self.replied_at = self.replied_at or time.monotonic()
        return reply


class Actor:
    """A process with one lock at a time. Its times are from CLOCK_MONOTONIC, which all processes share."""

    def __init__(self, url: str) -> None:
        self.client = client_of(url)
        self.held: Held | None = None

    def acquire(self, name: str, ttl_ms: int, timeout_s: float) -> tuple[float, int]:
        """Returns when it asked for the lock, and the fencing token."""
        asked_at = time.monotonic()
        self.held = Lock(self.client, name, ttl_ms, holder="actor").acquire(timeout_s)
        return asked_at, self.held.fencing_token

    def release(self) -> bool:
        assert self.held is not None
        return self.held.release()

    def valid_for_s(self) -> float:
        assert self.held is not None
        return self.held.valid_for_s()

    def write(self, path: str, text: str) -> bool:
        """Returns whether the protected resource accepts the text."""
        assert self.held is not None
        return write(Path(path), self.held.fencing_token, text)

    def lease_of(self, lease_ms: int) -> None:
        """Sets how soon waiters of this process lose their place after they die."""
        asking.WAITER_LEASE_MS, asking.RENEW_PLACE_S = lease_ms, lease_ms / 3000

    def contend(self, name: str, log: str, ttl_ms: int, begin_at: float, turns: int, hold_s: float) -> None:
        """Enters and leaves `turns` times, and logs a line each time: pid, token, asked, in line, entered, left."""
        ours = NotingRedis(connection_pool=self.client.connection_pool)
        lock = Lock(ours, name, ttl_ms)
        descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        time.sleep(max(0.0, begin_at - time.monotonic()))
        for _turn in range(turns):
            ours.replied_at, asked = 0.0, time.monotonic()
            held = lock.acquire(60)
            in_line, entered = ours.replied_at, time.monotonic()
            time.sleep(hold_s * random.random())
            left = time.monotonic()
            os.write(
                descriptor, b"%d %d %r %r %r %r\n" % (os.getpid(), held.fencing_token, asked, in_line, entered, left)
            )
            assert held.release()
        os.close(descriptor)


def write(path: Path, fencing_token: int, text: str) -> bool:
    """A protected resource: a file that remembers the highest fencing token and refuses lower ones."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        highest = max((int(line.split(" ", 1)[0]) for line in file), default=0)
        if fencing_token < highest:
            return False
        file.write(f"{fencing_token} {text}\n")
        return True


def act(socket: str) -> None:
    """Runs an actor until it is killed."""
    with Client(socket, authkey=KEY) as line:
        line.send(os.getpid())
        actor = Actor(line.recv())
        while True:
            name, arguments = line.recv()
            try:
                line.send(getattr(actor, name)(*arguments))
            except (LockError, OSError) as error:
                line.send(error)


def main(socket: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody reaps the children
    for _line in sys.stdin:
        if os.fork() == 0:
            try:
                act(socket)
            finally:
                os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
