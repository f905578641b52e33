"""What goes wrong with a watched server: one exception, made here from redis-py's and the system's errors."""

from __future__ import annotations

import re
import socket
import ssl
from typing import Literal

from redis import exceptions as redis_errors

Kind = Literal[
    "refused",
    "timeout",
    "dns",
    "lost",
    "auth",
    "noperm",
    "oom",
    "loading",
    "busy",
    "readonly",
    "stale",
    "moved",
    "cluster",
    "sentinel",
    "tls",
    "protocol",
    "full",
    "config",
    "other",
]
"""refused: nobody listens. timeout: no answer in time. dns: unknown host name. lost: the connection ended. auth: wrong
user or password. noperm: the user may not send `command`. oom: the server is out of memory. loading: it reads its data.
busy: somebody's script blocks it. readonly: a write was sent to a replica. stale: a replica without its primary. moved:
a Cluster moved the slot. cluster: a Cluster is down, or a slot has no owner. sentinel: no Sentinel names a primary.
tls: no TLS, or an invalid certificate. protocol: it is not Redis. full: it accepts no more connections. config: the
entry is not valid.
"""

_PASSING = frozenset(("refused", "timeout", "lost", "loading", "busy", "stale", "moved", "cluster", "sentinel", "full"))
_BY_WORD: dict[str, Kind] = {
    "NOAUTH": "auth",
    "WRONGPASS": "auth",
    "NOPERM": "noperm",
    "OOM": "oom",
    "LOADING": "loading",
    "BUSY": "busy",
    "UNKILLABLE": "busy",
    "READONLY": "readonly",
    "MASTERDOWN": "stale",
    "MOVED": "moved",
    "ASK": "moved",
    "TRYAGAIN": "moved",
    "CROSSSLOT": "moved",
    "CLUSTERDOWN": "cluster",
    "MISCONF": "oom",
    "NOREPLICAS": "readonly",
}
_BY_CLASS: tuple[tuple[type[Exception], Kind], ...] = (
    (redis_errors.NoPermissionError, "noperm"),
    (redis_errors.AuthenticationError, "auth"),
    (redis_errors.AuthenticationWrongNumberOfArgsError, "auth"),
    (redis_errors.AuthorizationError, "noperm"),
    (redis_errors.BusyLoadingError, "loading"),
    (redis_errors.OutOfMemoryError, "oom"),
    (redis_errors.ReadOnlyError, "readonly"),
    (redis_errors.MasterDownError, "stale"),
    (redis_errors.ClusterDownError, "cluster"),
    (redis_errors.AskError, "moved"),
    (redis_errors.TryAgainError, "moved"),
    (redis_errors.ClusterCrossSlotError, "moved"),
    (redis_errors.MaxConnectionsError, "full"),
    (redis_errors.InvalidResponse, "protocol"),
    (redis_errors.TimeoutError, "timeout"),
    (ssl.SSLError, "tls"),
    (socket.gaierror, "dns"),
    (TimeoutError, "timeout"),
    (ConnectionRefusedError, "refused"),
    (FileNotFoundError, "refused"),
    (PermissionError, "refused"),
)
_MOST_TEXT = 300
_COMMAND = re.compile(r"(?:run|access|execute|permissions to run) the '([^']{1,40})' command", re.IGNORECASE)


class SourceTrouble(Exception):
    """A watched server cannot be read. `text` is one line for a person; it holds no password. `command` is the one that
    the user may not send, if that is the trouble.
    """

    def __init__(self, kind: Kind, text: str, command: str = "") -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.command = command

    @property
    def passing(self) -> bool:
        """Whether it may end by itself, so that it is worth asking again after a while."""
        return self.kind in _PASSING


def trouble_of(error: Exception, where: str, timeout_s: float, command: str = "") -> SourceTrouble:
    """Translates an exception of redis-py or the system. `where` is the server's address, `command` what was sent."""
    kind = _kind(error)
    said = " ".join(_said(error).split())[:_MOST_TEXT]
    if kind == "timeout" and any("handshake" in str(one) for one in _chain(error)):
        return SourceTrouble(
            kind, f"{where} did not answer a TLS handshake within {timeout_s:g} s: it may not support TLS"
        )
    if kind == "timeout":
        return SourceTrouble(kind, f"{where} did not answer within {timeout_s:g} s")
    if kind == "noperm":
        found = _COMMAND.search(said)
        command = found[1] if found else command
    return SourceTrouble(kind, f"{where}: {said}", command)


def _kind(error: BaseException) -> Kind:
    if found := _by_text(str(error)):
        return found
    # redis-py hides the system's error inside its own ConnectionError; the cause is more specific.
    for one in _chain(error):
        for known, kind in _BY_CLASS:
            if isinstance(one, known):
                return kind
    if isinstance(error, redis_errors.ConnectionError | OSError):
        return _of_connection(str(error))
    return "other"


def _chain(error: BaseException) -> tuple[BaseException, ...]:
    return tuple(one for one in (error, error.__cause__, error.__context__) if one is not None)


def _of_connection(text: str) -> Kind:
    lowered = text.lower()
    if "max number of clients" in lowered:
        return "full"
    if "refused" in lowered or "no such file" in lowered:
        return "refused"
    if "name or service" in lowered or "getaddrinfo" in lowered or "name resolution" in lowered:
        return "dns"
    return "lost"


def _by_text(text: str) -> Kind | None:
    """Classifies by the first word of an answer. Errors within a script contain the command's own message."""
    word = text.split(" ", 1)[0].lstrip("-")
    if word in _BY_WORD:
        return _BY_WORD[word]
    if "can't run this command" in text or "has no permissions" in text:
        return "noperm"
    if "non local key" in text:
        return "moved"
    if "cluster support disabled" in text:
        return "cluster"
    if "running a script" in text and "SCRIPT KILL" in text:
        return "busy"
    return None


def _said(error: BaseException) -> str:
    """The message. For a connection that failed, it is the system's, which names neither user nor password."""
    return str(error) or type(error).__name__
