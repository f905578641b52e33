"""redis-py's errors in our own words: what happened, whether it passes, and what to do."""

from __future__ import annotations

from redis import exceptions as theirs

from locks.lock.errors import LockServerError

# The beginning of a reply, or a part of it if it comes from within a script; whether it passes; what to do about it.
_REPLIES = (
    ("OOM", True, "the server is out of memory: free some memory, or raise its maxmemory"),
    ("READONLY", True, "this server is a replica: connect to the primary"),
    ("LOADING", True, "the server is still loading its data"),
    ("MISCONF", True, "the server cannot write to its disk"),
    ("NOREPLICAS", True, "the server has too few replicas for a write"),
    ("MASTERDOWN", True, "the replica has lost its primary"),
    ("CLUSTERDOWN", True, "the cluster is down"),
    ("TRYAGAIN", True, "the cluster is moving the keys of this lock"),
    ("UNBLOCKED", True, "the server changed its role"),
    ("BUSY", True, "a script keeps the server busy"),
    ("max number of clients", True, "the server has too many clients"),
    ("NOPERM", False, "allow this user +evalsha, +eval, +blpop and ~ringviz:lock:*, and what the scripts call"),
    ("WRONGTYPE", False, "another program uses a key of this lock: choose another name"),
    ("NOAUTH", False, "the server requires a password"),
)
_CLASSES: tuple[tuple[type[Exception], str], ...] = (
    (theirs.OutOfMemoryError, "OOM"),
    (theirs.ReadOnlyError, "READONLY"),
    (theirs.BusyLoadingError, "LOADING"),
    (theirs.MasterDownError, "MASTERDOWN"),
    (theirs.ClusterDownError, "CLUSTERDOWN"),
    (theirs.TryAgainError, "TRYAGAIN"),
    (theirs.NoPermissionError, "NOPERM"),
)


def told(error: Exception) -> LockServerError:
    """Translates an error of redis-py or of the system."""
    text = str(error) or type(error).__name__
    if isinstance(error, theirs.AuthenticationError | theirs.AuthorizationError):
        return LockServerError(f"{text}: check the user name and password", passes=False, unsure=False)
    code = next((code for kind, code in _CLASSES if isinstance(error, kind)), text)
    for word, passes, advice in _REPLIES:
        if word in code:
            return LockServerError(f"{advice} ({text})", passes=passes, unsure=False)
    if isinstance(error, theirs.ResponseError):
        return LockServerError(text, passes=False, unsure=False)
    return LockServerError(f"the server does not answer: {text}", passes=True, unsure=True)
