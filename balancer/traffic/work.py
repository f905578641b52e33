"""What is asked of a node: an ECHO, or a loop that costs the node as many turns as are wanted.

Neither names a key: any node can serve it, and what the nodes store stays what the ring predicts. The loop comes along
with each request, by EVAL, and is kept in the server's cache of scripts. FUNCTION LOAD would spare those bytes, but
libraries are stored with the data: they are written to disk, copied to replicas, and would have to be taken away again.
"""

from __future__ import annotations

from typing import Final

from servers.resp import command

ECHO, EVAL = "echo", "eval"
STATISTICS: Final = (ECHO, EVAL)
"""What INFO commandstats calls the commands that are sent from here."""

_SAID: Final = b"ringviz"
_LOOP: Final = b"for _ = 1, ARGV[1] do end return '" + _SAID + b"'"


def request(work: int) -> bytes:
    """The command, as it travels, that costs a node `work` turns."""
    return command(b"EVAL", _LOOP, b"0", b"%d" % work) if work else command(b"ECHO", _SAID)


def statistic(work: int) -> str:
    """How INFO commandstats calls it."""
    return EVAL if work else ECHO
