"""How soon a death is detected, and what detection costs: `python -m bench.detection` prints JSON lines (bench.core).

The peer of both detection times is Valkey Cluster's own detector at its default, `cluster-node-timeout` 15 s. That is a
lower bound of the time it takes, not a measurement.
"""

import queue
import random
import threading
import time
from collections.abc import Callable
from statistics import median

from bench.core import line
from fleet.process import Child
from servers.watching.detector import ServerKey
from servers.watching.heartbeat import EVERY_S, Heartbeat
from tests.servers.watching.servers import PASSWORD, Server, running

SERVERS = 8
FREEZES = 15
MANY = 64
OBSERVED_S = 10.0
PEER = "cluster-node-timeout, default"
PEER_S = 15.0


def key(number: int) -> ServerKey:
    return 1, number, "primary"


def begin(servers: list[Server], on_verdict: Callable[[ServerKey], None]) -> Heartbeat:
    """A heartbeat to which every server has answered."""
    heartbeat = Heartbeat(lambda *_: None, lambda _: None, on_verdict)
    for number, server in enumerate(servers):
        heartbeat.watch(key(number), server.address, PASSWORD)
    heartbeat.start()
    while len(heartbeat.latencies()) < len(servers):
        time.sleep(EVERY_S)
    return heartbeat


def frozen() -> list[float]:
    """Seconds from SIGSTOP to the verdict, at random moments of a round."""
    verdicts: queue.SimpleQueue[tuple[ServerKey, float]] = queue.SimpleQueue()
    times = []
    with running(SERVERS) as servers:
        heartbeat = begin(servers, lambda key: verdicts.put((key, time.perf_counter())))
        for number in range(FREEZES):
            victim = number % SERVERS
            time.sleep(random.uniform(1, 1 + 2 * EVERY_S))
            begun = time.perf_counter()
            servers[victim].freeze()
            whom, at = verdicts.get(timeout=30)
            assert whom == key(victim), "a healthy server was declared dead"
            times.append(at - begun)
            servers[victim].thaw()
            heartbeat.watch(whom, servers[victim].address, PASSWORD)
        heartbeat.stop()
        assert verdicts.empty(), "a server was declared dead twice"
    return times


def killed() -> list[float]:
    """Seconds from SIGKILL to the end of a wait on the process."""
    times = []
    with running(SERVERS) as servers:
        for server in servers:
            ended: queue.SimpleQueue[float] = queue.SimpleQueue()
            waiting = threading.Thread(target=_say_end, args=(server.child, ended))
            waiting.start()
            time.sleep(0.05)
            begun = time.perf_counter()
            server.kill()
            times.append(ended.get(timeout=30) - begun)
            waiting.join()
    return times


def _say_end(child: Child, ended: "queue.SimpleQueue[float]") -> None:
    child.wait()
    ended.put(time.perf_counter())


def watching_many() -> tuple[float, float]:
    """The share of a core that watching takes in this process, and the median round trip in seconds."""
    with running(MANY) as servers:
        heartbeat = begin(servers, lambda _: None)
        begun = time.process_time()
        time.sleep(OBSERVED_S)
        used = (time.process_time() - begun) / OBSERVED_S
        trips = [trip for trips in heartbeat.latencies().values() for trip in trips]
        heartbeat.stop()
    return used, median(trips)


def main() -> None:
    """Measures freezes, kills, and the cost of watching 64 servers."""
    found = frozen()
    note = f"{FREEZES} freezes of one of {SERVERS}; worst {max(found):.2f} s; peer's is its setting, not measured"
    print(line("detection of SIGSTOP, median", median(found), "s", PEER, PEER_S, "1.2 s", note))
    found = killed()
    note = f"{SERVERS} kills, by pidfd; worst {max(found) * 1000:.1f} ms; peer's is its setting, not measured"
    print(line("detection of SIGKILL, median", median(found) * 1000, "ms", PEER, PEER_S * 1000, "60 ms", note))
    used, trip = watching_many()
    note = f"median round trip {trip * 1e6:.0f} us; every {EVERY_S} s"
    print(line(f"watching {MANY} servers", used * 100, "% of a core", "aim", 2.0, "2 %", note))


if __name__ == "__main__":
    main()
