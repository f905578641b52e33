"""The configuration of a managed server. It contains the cluster's password, so it is passed on standard input only."""

from __future__ import annotations

from typing import Final

# How long a member may be silent before the others call it failed. Nothing of ours depends on that verdict (the
# supervisor reaches its own, after a second), but the engine waits this long (0.5 to 5 s) before a primary that saw
# only a minority accepts writes again, and gossip is as slow. Measured: 64 nodes form in 2.4 to 2.8 s with 2 s here, in
# 5.3 s with 5 s; eight in 2.9 to 10.9 s with the default of 15 s.
NODE_TIMEOUT_MS: Final = 3_000


# How long a migration (and a replica) waits for a silent peer; 60 by default. When a target was frozen for 3 s in a
# migration that may wait longer, it finished 0.2 s after the thaw; with 3 here, a migration to a target that stayed
# frozen failed after 3.1 to 3.5 s, and the source accepted writes all the time.
REPLICATION_TIMEOUT_S: Final = 10


def server_config(*, port: int, bus_port: int, directory: str, password: str, memory: int) -> bytes:
    """The standard input of `valkey-server -`. `memory` is the limit for data in bytes, 0 for none.

    Raises ValueError for a directory or password that does not fit on a line of configuration.
    """
    options = {
        "bind": "127.0.0.1",
        "protected-mode": "yes",
        "port": port,
        "cluster-port": bus_port,
        "dir": directory,
        "requirepass": password,
        "masterauth": password,  # Redis has no other name for it; slot migration and replicas sign in with it
        "appendonly": "yes",
        # With "everysec" a server holds writes back while an fsync runs, for up to 2 s, and confirms them all the same.
        # If it is killed then, it comes back without them. With "no" the system has each write before it is confirmed:
        # that survives the death of the process, but not a power cut.
        "appendfsync": "no",
        "save": "",
        "maxmemory": memory,
        "maxmemory-policy": "noeviction",
        "io-threads": 1,
        "cluster-enabled": "yes",
        "cluster-config-file": "nodes.conf",
        "cluster-node-timeout": NODE_TIMEOUT_MS,
        "cluster-allow-replica-migration": "no",
        "cluster-require-full-coverage": "no",
        "cluster-replica-no-failover": "yes",
        "repl-diskless-sync-delay": 0,
        "repl-timeout": REPLICATION_TIMEOUT_S,
        "repl-ping-replica-period": 2,
    }
    return "".join(f"{name} {_quoted(str(value))}\n" for name, value in options.items()).encode()


def _quoted(value: str) -> str:
    if not value.isprintable():
        raise ValueError("a control character in a value of the configuration")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
