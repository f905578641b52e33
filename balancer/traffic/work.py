"""The command sent to a node: an ECHO, or a loop with a given number of iterations.

Neither names a key, so any node can serve it and the stored keys stay as the ring predicts. Each request carries the
loop in EVAL, and the server caches the script. FUNCTION LOAD would save those bytes, but functions are stored with the
data: they are written to disk, copied to replicas, and would have to be removed again.
"""

from __future__ import annotations

from typing import Final

from servers.resp import command

ECHO, EVAL = "echo", "eval"
STATISTICS: Final = (ECHO, EVAL)
"""The names of our commands in INFO commandstats."""

_SAID: Final = b"ringviz"
_LOOP: Final = b"for _ = 1, ARGV[1] do end return '" + _SAID + b"'"


def request(work: int) -> bytes:
    """The encoded command that runs `work` iterations on a node."""
    return command(b"EVAL", _LOOP, b"0", b"%d" % work) if work else command(b"ECHO", _SAID)


def statistic(work: int) -> str:
    """Its name in INFO commandstats."""
    return EVAL if work else ECHO
