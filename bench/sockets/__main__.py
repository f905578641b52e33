"""1,000 sockets, 20 events a second for 10 s: how late the events are, what each costs the server, how many are lost.

Each side has a server process, a process of clients, a process that writes, and its own database and Valkey. Both write
the event to the log first, and both hear of it through Valkey; they differ in the way from there to the sockets.
"""

import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import started

SOCKETS = 1000
EVENTS = 200
EVERY_S = 0.05
IDLE_S = 20.0
LATE_AFTER_S = 5.0
LAYERS = {
    "channel-layer groups (channels_redis.core)": "channels_redis.core.RedisChannelLayer",
    "channel-layer groups (channels_redis.pubsub)": "channels_redis.pubsub.RedisPubSubChannelLayer",
}


@dataclass(frozen=True)
class Side:
    """The measurements of one side. A message is lost if it has not arrived 5 s after the last event."""

    p99_ms: float
    cpu_us: float
    lost: int


def main() -> None:
    raise_file_limit()
    ours = measure("ours")
    report(
        "server CPU of heartbeats, 1,000 sockets", "us a second", "none", heartbeats_us(), 0, "a twentieth of a core"
    )
    for name, layer in LAYERS.items():
        peer = measure("peer", layer)
        report("event to socket, p99, 1,000 sockets", "ms", name, ours.p99_ms, peer.p99_ms, "10 times lower")
        report("server CPU a message", "us", name, ours.cpu_us, peer.cpu_us, "4 times lower")
        report("messages lost of 200,000", "messages", name, ours.lost, peer.lost, "0")


def report(bench: str, unit: str, peer: str, value: float, peer_value: float, aim: str) -> None:
    ratio = round(peer_value / value, 1) if value else None
    line = {"bench": bench, "value": round(value, 1), "unit": unit, "peer": peer, "peer_value": round(peer_value, 1)}
    print(json.dumps({**line, "ratio": ratio, "aim": aim}), flush=True)


def raise_file_limit() -> None:
    """A thousand sockets need more than the 1,024 files that a process is usually allowed; children inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = SOCKETS * 4 if hard == resource.RLIM_INFINITY else min(SOCKETS * 4, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def measure(side: str, layer: str = "") -> Side:
    """Runs one side in separate processes, because a process reads Django's settings once."""
    with opened(side, layer) as (ask_writer, ask_clients, web):
        before_s = cpu_s(web)
        ask_writer()
        time.sleep(LATE_AFTER_S)
        used_s = cpu_s(web) - before_s
        came = json.loads(ask_clients())
    return Side(came["p99_ms"], used_s * 1e6 / max(1, came["received"]), SOCKETS * EVENTS - came["received"])


def heartbeats_us() -> float:
    """The server's CPU time per second at rest: a heartbeat per second for each socket, and the polling."""
    with opened("ours", "") as (_ask_writer, _ask_clients, web):
        before_s = cpu_s(web)
        time.sleep(IDLE_S)
        return (cpu_s(web) - before_s) / IDLE_S * 1e6


@contextmanager
def opened(side: str, layer: str) -> Iterator[tuple[Callable[[], str], Callable[[], str], Path]]:
    """A side with all its sockets open: calls to its writer and to its clients, and the socket of its server."""
    settings = "bench.sockets.peer_settings" if layer else "dashboard.settings"
    with started.folder() as data, started.valkey() as valkey:
        env = {
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_URL": f"sqlite:///{data / 'bench.sqlite3'}",
            "DATA_DIR": str(data),
            "REDIS_URL": valkey.url,
            "BENCH_LAYER": layer,
        }
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=started.ROOT, env={**os.environ, **env}, check=True)
        with ExitStack() as stack:
            ask_writer, epoch = stack.enter_context(helper("writer", side, env=env))
            web = stack.enter_context(started.web(f"bench.sockets.apps:{side}", env))
            pages = ["clients", str(web), f"/?since=0&epoch={epoch}", str(SOCKETS)]
            ask_clients, _ = stack.enter_context(helper(*pages, env=env))
            yield ask_writer, ask_clients, web


@contextmanager
def helper(module: str, *arguments: str, env: dict[str, str]) -> Iterator[tuple[Callable[[], str], str]]:
    """A process of the bench. It prints a line when it is ready, and another for each line that it reads."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"bench.sockets.{module}", *arguments],
        cwd=started.ROOT,
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    def ask() -> str:
        stdin.write("go\n")
        stdin.flush()
        return stdout.readline().strip()

    try:
        yield ask, stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def cpu_s(web: Path) -> float:
    """The CPU time of the server process so far."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(30)
        client.connect(str(web))
        client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        answer = b""
        while part := client.recv(4096):
            answer += part
    body = answer.partition(b"\r\n\r\n")[2]
    # Without a Content-Length uvicorn sends chunks: "<length in hex>\r\n<body>\r\n0\r\n\r\n".
    return float(body.split(b"\r\n")[1] if b"chunked" in answer else body)


if __name__ == "__main__":
    main()
